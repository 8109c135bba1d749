//! Personal text in the window: shown as it is only on record and for a while, and forgotten for good.

use std::io::Write;
use std::path::Path;

use fantoccini::Locator;
use serde_json::{Value, json};

use crate::glass::{Kind, Pane};
use crate::sample::say;
use crate::specs::{AXE, LANGUAGES, THEMES};
use crate::{in_both_panes, in_pane};

/// What a customer wrote; the digits are masked.
const WORDS: &str = "请回电 13800138000，谢谢";
const DIGITS: &str = "13800138000";

/// A log with one conversation of a customer who gives their number, and one of another who gives it too.
fn told(log: &Path) {
    let file = log.with_extension("jsonl");
    let mut lines = std::fs::File::create(&file).unwrap();
    let event = |id: u32, stream: &str, kind: &str, customer: &str, data: Value, personal: Value| {
        json!({
            "specversion": "1.0", "id": format!("p{id}"), "source": "shop", "type": kind, "data": data,
            "time": format!("2026-03-02T02:{id:02}:00Z"), "streamid": format!("conversation-{stream}"),
            "personalsubject": customer, "personaltexts": personal.to_string(),
        })
    };
    let started = |customer: &str| json!({ "channel": "chat", "customer": customer });
    let wrote = |text: &str| (json!({ "n_chars": text.chars().count() }), json!({ "text": text }));
    let (data, personal) = wrote(WORDS);
    let (other, naming) = wrote("朋友的号码是 90017001300138，请转告");
    for event in [
        event(1, "other", "conversation.started", "7001", started("7001"), json!({})),
        event(2, "other", "conversation.message_received", "7001", other, naming),
        event(3, "first", "conversation.started", "90017001300138", started("90017001300138"), json!({})),
        event(4, "first", "conversation.message_received", "90017001300138", data, personal),
    ] {
        writeln!(lines, "{event}").unwrap();
    }
    drop(lines);
    let mut import = std::process::Command::new(crate::stage::built("retrace"));
    crate::stage::run(import.arg("--log").arg(log).arg("import").arg(&file));
    // The file that was imported is no file of the log's.
    std::fs::remove_file(file).unwrap();
}

/// Opens a conversation by its id.
async fn conversation(pane: &Pane, id: &str) {
    pane.script("location.hash = '#/conversations/' + arguments[0]", vec![json!(id)]).await;
    pane.see("[data-trail-row] [data-personal=text]").await;
}

/// Opens the dialog, gives a reason, and asks to see the texts.
async fn unmask(pane: &Pane, reason: &str) {
    pane.click("[data-unmask]").await;
    pane.write("[data-unmask-reason]", reason).await;
    pane.choose("[data-unmask-minutes]", "5").await;
    pane.click("[data-unmask-show]").await;
}

/// The events of the log from a position on, by type.
async fn recorded_from(pane: &Pane, from: u64) -> Vec<Value> {
    let head = pane.verb("status", json!({})).await["head"].as_u64().unwrap();
    let mut events = Vec::new();
    for position in from..head {
        events.push(pane.verb("event", json!({ "position": position })).await);
    }
    events
}

async fn head(pane: &Pane) -> u64 {
    pane.verb("status", json!({})).await["head"].as_u64().unwrap()
}

/// Whether something stands anywhere on the page.
async fn on_the_page(pane: &Pane, text: &str) -> bool {
    pane.script("return document.documentElement.textContent.includes(arguments[0])", vec![json!(text)]).await == json!(true)
}

#[test]
fn text_is_shown_as_it_is_only_after_that_is_recorded_and_masked_again_on_end() {
    in_both_panes(told, &[], async |pane| {
        conversation(pane, "first").await;
        assert!(!on_the_page(pane, DIGITS).await, "masked at first");
        pane.see("[data-trail-row] [data-showing=masked]").await;
        let before = head(pane).await;
        unmask(pane, "call back, number unclear").await;
        pane.read("[data-personal=text]", |text| text.contains(DIGITS)).await;
        let events = recorded_from(pane, before).await;
        assert_eq!((events.len(), &events[0]["event_type"]), (1, &json!("unmasking.granted")), "{events:?}");
        let data: Value = serde_json::from_str(events[0]["data"].as_str().unwrap()).unwrap();
        assert_eq!(data["reason"], "call back, number unclear");
        assert!(data["customer"].as_str().unwrap().starts_with("c-"), "{data}");
        let strip = pane.read("[data-unmasked]", |text| text.contains("call back")).await;
        assert!(strip.contains("4") || strip.contains("5"), "it says how long: {strip}");
        pane.see("[data-watermark]").await;
        pane.see("[data-showing=unmasked]").await;
        // Another customer's texts stay masked meanwhile.
        conversation(pane, "other").await;
        pane.see("[data-trail-row] [data-showing=masked]").await;
        assert_eq!(pane.client.find_all(Locator::Css("[data-showing=unmasked], [data-watermark]")).await.unwrap().len(), 0);
        conversation(pane, "first").await;
        pane.read("[data-personal=text]", |text| text.contains(DIGITS)).await;
        pane.click("[data-unmask-end]").await;
        pane.read("[data-personal=text]", |text| !text.contains(DIGITS)).await;
        assert!(!on_the_page(pane, DIGITS).await, "masked again");
        let gone = async || pane.client.find(Locator::Css("[data-unmasked], [data-watermark]")).await.is_err().then_some(());
        pane.wait("the strip to go", gone).await;
        assert_eq!(recorded_from(pane, before + 1).await[0]["event_type"], "unmasking.ended");
    });
}

#[test]
fn without_a_reason_nothing_is_asked_and_nothing_is_shown() {
    in_pane(Kind::Browser, told, &[], async |pane| {
        conversation(pane, "first").await;
        let before = head(pane).await;
        unmask(pane, "   ").await;
        pane.attribute("[data-unmask-show]", "disabled", |disabled| disabled == "true").await;
        assert!(head(pane).await == before && !on_the_page(pane, DIGITS).await);
    });
}

#[test]
fn what_cannot_be_recorded_is_told_and_not_shown() {
    in_pane(Kind::Browser, told, &[], async |pane| {
        conversation(pane, "first").await;
        let before = head(pane).await;
        // A desk whose disk is full, as the page hears of it.
        let full = "const asked = window.fetch; window.fetch = (url, options) => url !== '/verbs/ask' ? asked(url, options) : \
                    Promise.resolve(new Response(JSON.stringify( \
                    { kind: 'trouble', code: 'disk_full', detail: 'ENOSPC', path: null }), { status: 422 }))";
        pane.script(full, vec![]).await;
        unmask(pane, "a complaint").await;
        pane.attribute("dialog [data-error]", "data-code", |code| code == "disk_full").await;
        pane.script("document.querySelector('dialog').close()", vec![]).await;
        pane.see("[data-trail-row] [data-showing=masked]").await;
        let shown = pane.client.find(Locator::Css("[data-unmasked], [data-showing=unmasked]")).await;
        assert!(shown.is_err() && !on_the_page(pane, DIGITS).await && head(pane).await == before);
    });
}

#[test]
fn a_customer_is_forgotten_with_nothing_left_and_those_who_name_them_listed() {
    in_both_panes(told, &[], async |pane| {
        conversation(pane, "first").await;
        let pseudonym = pane.verb("conversation", json!({ "id": "first" })).await["row"]["customer"].clone();
        let pseudonym = pseudonym.as_str().unwrap().to_owned();
        pane.click("[data-texts]").await;
        pane.read("[data-pseudonym]", |text| text == pseudonym).await;
        pane.click("[data-wish=forget]").await;
        pane.write("[data-wish-reason]", "asked for by mail").await;
        let forget = pane.see("[data-wish-do=forget]").await;
        assert!(!forget.is_enabled().await.unwrap(), "only whoever types the end of the pseudonym forgets for good");
        pane.write("[data-wish-tail]", &pseudonym[pseudonym.len() - 4..]).await;
        pane.click("[data-wish-do=forget]").await;
        pane.attribute("[data-forgotten]", "data-forgotten", |hits| hits == "0").await;
        pane.read("[data-forgotten-fact=hits]", |text| text == "0").await;
        pane.read("[data-forgotten-fact=texts]", |text| text == "2").await;
        pane.attribute("[data-customer-standing]", "data-customer-standing", |standing| standing == "erased").await;
        pane.click("[data-named]").await;
        pane.see("[data-named-event] a").await;
        pane.script("document.querySelector('dialog').close()", vec![]).await;
        pane.see("[data-trail-row] [data-showing=erased]").await;
        assert!(pane.client.find(Locator::Css("[data-personal], [data-unmask]")).await.is_err(), "there is nothing to show");
        assert!(!on_the_page(pane, DIGITS).await);
    });
}

#[test]
fn a_restricted_customers_texts_are_not_shown_until_they_are_released() {
    in_pane(Kind::Browser, told, &[], async |pane| {
        conversation(pane, "first").await;
        for (wish, shown) in [("restrict", "restricted"), ("release", "masked")] {
            pane.click("[data-texts]").await;
            pane.click(&format!("[data-wish={wish}]")).await;
            pane.write("[data-wish-reason]", "under dispute").await;
            pane.click(&format!("[data-wish-do={wish}]")).await;
            pane.read("[data-wish-saved]", |text| text.contains('#')).await;
            pane.script("document.querySelector('dialog').close()", vec![]).await;
            pane.see(&format!("[data-trail-row] [data-showing={shown}]")).await;
        }
        pane.see("[data-personal=text]").await;
    });
}

#[test]
fn what_is_asked_about_personal_text_is_accessible_in_both_themes_and_three_languages() {
    let axe = Path::new(env!("CARGO_MANIFEST_DIR")).join("../ui/node_modules/axe-core/axe.min.js");
    let Ok(axe) = std::fs::read_to_string(&axe) else { return say("skipped: ui/node_modules is not installed") };
    in_pane(Kind::Browser, told, &[], async |pane| {
        conversation(pane, "first").await;
        let check = async |what: &str| {
            for (theme, language) in choices() {
                choose(pane, theme, language).await;
                pane.script(&axe, vec![]).await;
                let found = pane.client.execute_async(AXE, vec![]).await.unwrap();
                assert_eq!(found, json!([]), "{what}, {theme}, {language}");
            }
        };
        pane.click("[data-unmask]").await;
        check("unmask").await;
        pane.write("[data-unmask-reason]", "a complaint").await;
        pane.click("[data-unmask-show]").await;
        pane.see("[data-watermark]").await;
        check("unmasked").await;
        pane.click("[data-texts]").await;
        check("texts").await;
        pane.click("[data-wish=forget]").await;
        check("forget").await;
    });
}

#[test]
fn shots_of_personal_text() {
    let Some(folder) = std::env::var_os("WINDOW_SHOTS") else {
        return say("no pictures asked for; `make window-shots` takes them");
    };
    std::fs::create_dir_all(&folder).unwrap();
    in_pane(Kind::Window, told, &[], async |pane| {
        let save = async |name: &str| {
            for (theme, language) in choices() {
                choose(pane, theme, language).await;
                let file = Path::new(&folder).join(format!("{name}-{language}-{theme}.png"));
                std::fs::write(file, pane.picture().await).unwrap();
            }
        };
        conversation(pane, "first").await;
        pane.click("[data-unmask]").await;
        save("unmask").await;
        pane.write("[data-unmask-reason]", "核对客户留下的电话").await;
        pane.click("[data-unmask-show]").await;
        pane.see("[data-watermark]").await;
        save("unmasked").await;
        pane.click("[data-texts]").await;
        pane.click("[data-wish=forget]").await;
        save("forget").await;
        pane.write("[data-wish-reason]", "客户来信要求").await;
        let pseudonym = pane.attribute("[data-pseudonym]", "data-pseudonym", |name| !name.is_empty()).await;
        pane.write("[data-wish-tail]", &pseudonym[pseudonym.len() - 4..]).await;
        pane.click("[data-wish-do=forget]").await;
        pane.click("[data-named]").await;
        save("forgotten").await;
        pane.script("document.querySelector('dialog').close()", vec![]).await;
        pane.see("[data-trail-row] [data-showing=erased]").await;
        save("erased").await;
    });
}

fn choices() -> impl Iterator<Item = (&'static str, &'static str)> {
    THEMES.into_iter().flat_map(|theme| LANGUAGES.into_iter().map(move |language| (theme, language)))
}

/// Chooses colours and language as if in the status line, which a dialog would cover.
async fn choose(pane: &Pane, theme: &str, language: &str) {
    for (css, value) in [("[data-theme-choice]", theme), ("[data-language]", language)] {
        let script = "const field = document.querySelector(arguments[0]); field.value = arguments[1]; \
                      field.dispatchEvent(new Event('change', { bubbles: true }))";
        pane.script(script, vec![json!(css), json!(value)]).await;
    }
    pane.attribute("html", "lang", |shown| shown.eq_ignore_ascii_case(language)).await;
    pane.picture().await;
}
