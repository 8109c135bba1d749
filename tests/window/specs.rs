//! What a person does and sees, in the real window and in the browser.

use std::io::Write;
use std::path::Path;

use fantoccini::Locator;
use serde_json::{Value, json};

use crate::glass::{Kind, Pane};
use crate::sample::{day, nothing, say, shared};
use crate::{in_both_panes, in_pane};

pub const LANGUAGES: [&str; 3] = ["zh-Hans", "zh-Hant", "en"];
pub const THEMES: [&str; 2] = ["light", "dark"];
const SCREENS: [&str; 3] = ["live", "conversations", "import"];

#[test]
fn a_tile_opens_the_events_behind_it() {
    in_both_panes(day, &[], async |pane| {
        let figure = "[data-tile=service-level] [data-figure='sl.cisco_negative']";
        let value = pane.attribute(figure, "data-value", |value| !value.is_empty()).await;
        pane.click(figure).await;
        let n: u64 = digits(&pane.read("[data-evidence-n]", |text| !digits(text).is_empty()).await).parse().unwrap();
        let page = pane
            .verb(
                "evidence",
                json!({ "metric": "sl.cisco_negative", "scope": scope_of_live(pane).await, "offset": 0, "limit": 1 }),
            )
            .await;
        assert_eq!(page["figure"]["n"], json!(n), "the drawer counts the events that the figure rests on");
        assert_eq!(page["figure"]["value"].as_f64().unwrap(), value.parse::<f64>().unwrap());
        pane.click("[data-evidence-row] [data-raw-toggle]").await;
        let raw = pane.read("[data-raw-event]", |text| text.contains('{')).await;
        assert!(raw.contains("reason") || raw.contains('{'), "the raw event is shown: {raw}");
    });
}

#[test]
fn every_tile_figure_opens_as_many_events_as_it_says() {
    in_pane(Kind::Browser, day, &[], async |pane| {
        let figures = pane.client.find_all(Locator::Css("[data-tile] [data-figure]")).await.unwrap();
        assert!(6 <= figures.len(), "the tiles carry figures");
        for figure in figures {
            let metric = figure.attr("data-figure").await.unwrap().unwrap();
            let value = figure.attr("data-value").await.unwrap().unwrap();
            figure.click().await.unwrap();
            let n = digits(&pane.read("[data-evidence-n]", |text| !digits(text).is_empty()).await);
            if ["contacts.offered", "contacts.answered", "abandon.count", "queue.waiting", "agents.in_standing"]
                .contains(&metric.as_str())
            {
                assert_eq!(n, value, "{metric} opens exactly its events");
            }
            pane.see("[data-drawer]").await.send_keys("\u{e00c}").await.ok();
        }
    });
}

#[test]
fn a_replay_moves_the_screen_and_cannot_be_taken_for_live() {
    in_both_panes(day, &[], async |pane| {
        pane.attribute("[data-mode]", "data-mode", |mode| mode == "live").await;
        let whole = status(pane).await;
        pane.choose("[data-speed]", "900").await;
        pane.click("[data-play]").await;
        pane.attribute("[data-mode]", "data-mode", |mode| mode == "playing").await;
        let first = status(pane).await;
        assert!(first["position"].as_u64() < whole["position"].as_u64(), "a replay begins at the beginning");
        let moved = pane.wait("the replay to move", async || {
            let now = status(pane).await;
            (first["position"].as_u64() < now["position"].as_u64()).then_some(now)
        });
        moved.await;
        // The chart is drawn and stays while the day moves on: it was once cleared by every view that came.
        pane.see("[data-chart] svg").await;
        let kept = "const done = arguments[0]; let looks = 0, seen = 0; const timer = setInterval(() => { \
            seen += document.querySelector('[data-chart] svg') ? 1 : 0; \
            if (++looks === 40) { clearInterval(timer); done(seen); } }, 50)";
        assert_eq!(pane.client.execute_async(kept, vec![]).await.unwrap(), json!(40), "the chart stays");
        pane.click("[data-pause]").await;
        pane.attribute("[data-mode]", "data-mode", |mode| mode == "paused").await;
        let rest = status(pane).await;
        assert_eq!(status(pane).await["position"], rest["position"], "a paused replay stands still");
        pane.click("[data-live]").await;
        pane.attribute("[data-mode]", "data-mode", |mode| mode == "live").await;
        assert_eq!(status(pane).await["position"], whole["position"]);
    });
}

#[test]
fn a_conversation_shows_its_whole_trail() {
    in_both_panes(day, &[], async |pane| {
        pane.click("[data-nav=conversations]").await;
        let id = pane.attribute("[data-conversation]", "data-conversation", |id| !id.is_empty()).await;
        pane.click("[data-conversation]").await;
        let view = pane.verb("conversation", json!({ "id": id })).await;
        let wanted: Vec<Value> = view["trail"].as_array().unwrap().iter().map(|row| row["position"].clone()).collect();
        let rows = pane.wait("every event of the trail", async || {
            let rows = pane.client.find_all(Locator::Css("[data-trail-row]")).await.ok()?;
            (rows.len() == wanted.len()).then_some(rows)
        });
        assert!(!rows.await.is_empty());
    });
}

#[test]
fn her_own_log_gives_her_numbers() {
    let Some(file) = shared("data/anonymous_bank_feb1999/public/calls_1999-02-01_14.tsv.gz") else {
        return say("skipped: ../shared is not here");
    };
    let expected: Value = serde_json::from_slice(&std::fs::read(shared("data/EXPECTED_public.json").unwrap()).unwrap()).unwrap();
    in_both_panes(nothing, &[], async |pane| {
        import(pane, &file).await;
        pane.attribute("[data-job][data-job-state]", "data-job-state", |state| state == "finished").await;
        assert_eq!(digits(&pane.read("[data-report=rows_read]", |text| !text.is_empty()).await), "17456");
        pane.click("[data-nav=live]").await;
        pane.choose("[data-range]", "all").await;
        let want = &expected["anonymous_bank"];
        for (metric, name) in [
            ("sl.cisco_negative", "sl20_of_offered"),
            ("sl.genesys", "sl20_of_answered"),
            ("sl.cisco_ignore", "sl20_excl_short_abandons"),
            ("abandon.rate.genesys", "abandon_rate"),
            ("aht.connect", "aht_answered_s"),
            ("asa.connect", "asa_s"),
        ] {
            let wanted = want[name].as_f64().unwrap();
            let css = format!("[data-tile] [data-figure='{metric}']");
            pane.attribute(&css, "data-value", |value| value.parse::<f64>().is_ok_and(|value| (value - wanted).abs() < 1e-6))
                .await;
        }
        let scope = json!({ "source": "anonymous-bank" });
        let all = pane.verb("live", json!({ "scope": scope, "range": "all" })).await;
        compare(want, &all["totals"], "all days");
        for day in all["days"].as_array().unwrap() {
            let scope = json!({ "source": "anonymous-bank", "from": day["from"], "to": day["to"] });
            let view = pane.verb("live", json!({ "scope": scope, "range": "given" })).await;
            let name = day["date"].as_str().unwrap()[2..].replace('-', "");
            compare(&want["by_day"][&name], &view["totals"], &name);
        }
    });
}

#[test]
fn a_wrong_file_is_told_and_the_window_lives() {
    in_both_panes(nothing, &[], async |pane| {
        let folder = pane.stage.folder.path().to_owned();
        let wrong = folder.join("holiday.txt");
        std::fs::write(&wrong, "this is no log\n").unwrap();
        let empty = folder.join("empty.tsv");
        std::fs::write(&empty, "").unwrap();
        let cut = folder.join("cut.tsv.gz");
        std::fs::write(&cut, truncated()).unwrap();
        for (file, code) in [
            (folder.join("nowhere.tsv"), "file_missing"),
            (folder.clone(), "file_is_folder"),
            (empty, "file_empty"),
            (wrong, "format_unknown"),
            (cut, "gzip_truncated"),
        ] {
            import(pane, &file).await;
            pane.attribute("[data-error]", "data-code", |shown| shown == code).await;
            for language in LANGUAGES {
                pane.choose("[data-language]", language).await;
                pane.attribute("html", "lang", |shown| shown.eq_ignore_ascii_case(language)).await;
                let told = pane.read("[data-error]", |text| 10 < text.chars().count()).await;
                let chinese = told.chars().filter(|c| ('\u{4e00}'..'\u{9fff}').contains(c)).count();
                assert_eq!(4 < chinese, language != "en", "{code} in {language}: {told}");
            }
        }
        pane.click("[data-nav=live]").await;
        pane.see("[data-tile], [data-empty]").await;
    });
}

#[test]
fn customers_words_are_only_ever_text() {
    let hostile = r#"<img src=x onerror="window.__x=1"><script>window.__x=1</script>{{7*7}}"#;
    let log = |log: &Path| {
        let file = log.with_extension("jsonl");
        let mut lines = std::fs::File::create(&file).unwrap();
        let event = |id: u32, kind: &str, data: Value, personal: Value| {
            json!({
                "specversion": "1.0", "id": format!("h{id}"), "source": "hostile<b>", "type": kind, "time": "2026-03-02T02:00:00Z",
                "streamid": "conversation-<b>x</b>", "data": data, "personaltexts": personal.to_string(),
            })
        };
        let started = json!({ "channel": "chat", "topic": hostile });
        for event in [
            event(1, "conversation.started", started, json!({})),
            event(2, "conversation.enqueued", json!({ "queue": hostile }), json!({})),
            event(3, "conversation.message_received", json!({ "n_chars": 3 }), json!({ "text": hostile })),
        ] {
            writeln!(lines, "{event}").unwrap();
        }
        crate::stage::run(
            std::process::Command::new(crate::stage::built("retrace")).arg("--log").arg(log).arg("import").arg(&file),
        );
    };
    in_both_panes(log, &[], async |pane| {
        pane.click("[data-nav=conversations]").await;
        pane.click("[data-conversation]").await;
        pane.read("[data-trail-row]:last-child", |text| text.contains("<img")).await;
        pane.click("[data-nav=live]").await;
        pane.see("[data-tile]").await;
        assert_eq!(
            pane.script("return window.__x === undefined && document.querySelector('img[src=x]') === null", vec![]).await,
            json!(true)
        );
    });
}

#[test]
fn every_screen_is_accessible_in_both_themes_and_three_languages() {
    let axe = Path::new(env!("CARGO_MANIFEST_DIR")).join("../ui/node_modules/axe-core/axe.min.js");
    let Ok(axe) = std::fs::read_to_string(&axe) else { return say("skipped: ui/node_modules is not installed") };
    in_pane(Kind::Browser, day, &[], async |pane| {
        for screen in SCREENS {
            pane.click(&format!("[data-nav={screen}]")).await;
            for theme in THEMES {
                pane.choose("[data-theme-choice]", theme).await;
                for language in LANGUAGES {
                    pane.choose("[data-language]", language).await;
                    pane.attribute("html", "lang", |shown| shown.eq_ignore_ascii_case(language)).await;
                    pane.picture().await;
                    pane.script(&axe, vec![]).await;
                    let found = pane.client.execute_async(AXE, vec![]).await.unwrap();
                    assert_eq!(found, json!([]), "{screen}, {theme}, {language}");
                }
            }
        }
    });
}

pub const AXE: &str = "const done = arguments[0]; \
    axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] })\
    .then((r) => done(r.violations.map((v) => v.id + ': ' + v.nodes.map((n) => n.target + ' ' + n.failureSummary).slice(0, 3).join(' | '))))";

#[test]
fn shots_of_every_screen() {
    let Some(folder) = std::env::var_os("WINDOW_SHOTS") else {
        return say("no pictures asked for; `make window-shots` takes them");
    };
    std::fs::create_dir_all(&folder).unwrap();
    in_pane(Kind::Window, day, &[], async |pane| {
        for language in LANGUAGES {
            for theme in THEMES {
                pane.choose("[data-language]", language).await;
                pane.choose("[data-theme-choice]", theme).await;
                let save = async |name: &str| {
                    let file = Path::new(&folder).join(format!("{name}-{language}-{theme}.png"));
                    std::fs::write(file, pane.picture().await).unwrap();
                };
                for screen in SCREENS {
                    pane.click(&format!("[data-nav={screen}]")).await;
                    pane.see(if screen == "live" {
                        "[data-tile]"
                    } else if screen == "conversations" {
                        "[data-conversation]"
                    } else {
                        "[data-import-path]"
                    })
                    .await;
                    if screen == "live" {
                        pane.see("[data-chart] svg").await;
                    }
                    save(screen).await;
                }
                pane.click("[data-nav=conversations]").await;
                pane.click("[data-conversation]").await;
                pane.see("[data-trail-row]").await;
                save("conversation").await;
                pane.click("[data-nav=live]").await;
                pane.click("[data-tile=service-level] [data-figure]").await;
                pane.see("[data-evidence-row]").await;
                save("evidence").await;
                pane.click("[data-drawer-close]").await;
                pane.click("[data-play]").await;
                pane.attribute("[data-mode]", "data-mode", |mode| mode == "playing").await;
                save("replay").await;
                pane.click("[data-live]").await;
            }
        }
    });
}

async fn import(pane: &Pane, file: &Path) {
    pane.click("[data-nav=import]").await;
    pane.write("[data-import-path]", &file.display().to_string()).await;
    pane.click("[data-import-start]").await;
}

async fn status(pane: &Pane) -> Value {
    pane.verb("status", json!({})).await
}

/// The scope that the Live screen shows at first: the day of the playhead.
async fn scope_of_live(pane: &Pane) -> Value {
    pane.verb("live", json!({ "scope": {}, "range": "day" })).await["scope"].clone()
}

fn digits(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}

/// Compares what the window was told with what an outside script computed.
#[track_caller]
fn compare(want: &Value, totals: &Value, what: &str) {
    let told = |metric: &str| {
        let figure = totals.as_array().unwrap().iter().find(|figure| figure["metric"] == metric).unwrap();
        figure["value"].as_f64()
    };
    for (name, metric) in tests::agreed::NAMES {
        let Some(wanted) = want[name].as_f64() else { continue };
        let got = told(metric).unwrap_or(f64::NAN);
        assert!((wanted - got).abs() < 1e-6, "{what}, {name}: want {wanted}, got {got}");
    }
}

/// The beginning of a compressed log.
fn truncated() -> Vec<u8> {
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    let header = "vru+line\tcall_id\tcustomer_id\tpriority\ttype\tdate\tvru_entry\tvru_exit\tvru_time\tq_start\tq_exit\tq_time\toutcome\tser_start\tser_exit\tser_time\tserver\n";
    packer.write_all(header.as_bytes()).unwrap();
    for call in 0..20_000 {
        let (m, s) = (call / 60 % 60, call % 60);
        writeln!(packer, "AA0101\t{call}\t0\t0\tPS\t990201\t9:{m:02}:{s:02}\t9:{m:02}:{s:02}\t0\t0:00:00\t0:00:00\t0\tAGENT\t9:{m:02}:{s:02}\t9:{m:02}:{s:02}\t0\tDORIT").unwrap();
    }
    let whole = packer.finish().unwrap();
    whole[..whole.len() * 2 / 3].to_vec()
}
