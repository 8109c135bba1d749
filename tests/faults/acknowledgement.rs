//! R17: the log has it, and whoever brought it never hears of it: killed between the commit and the answer.
//!
//! Brought again, it is there once.

use std::future::Future;
use std::task::{Context, Waker};

use console::log::EventLog;
use tests::place::{Place, all};

use crate::kill::{fresh, laid_out, left, undisturbed};
use crate::strace::{Injection, broken, permitted, run};
use crate::tally::{Finding, Tally};
use crate::victim::{day, facts, told, victims};
use crate::wait;

#[test]
fn what_was_committed_and_never_acknowledged_is_there_once_when_it_comes_again() {
    if !permitted() {
        return;
    }
    let mut tally = Tally::new("R17", "kill after the commit, before the acknowledgement");
    for victim in victims().into_iter().filter(|victim| ["append", "import", "migration"].contains(&victim.name)) {
        let place = laid_out(&victim);
        let whole = undisturbed(&victim, &place);
        for nth in 1.. {
            let folder = fresh(&place);
            // Every line that the victim prints is one call.
            let injection = Injection { call: "write", files: vec![place.path("told")], fault: "signal=SIGKILL".to_owned(), nth };
            let ran = run(broken(&(victim.command)(&folder), &injection), &place.path("told"));
            if ran.code.is_some() {
                break;
            }
            let held = facts(&folder).len();
            let outcome = left(&victim, &folder, ran.acked(), &whole).and_then(|()| {
                let again = run((victim.command)(&folder), &place.path("told"));
                let once = (victim.facts)(&folder) == whole.facts;
                match again.code {
                    Some(0) if once => Ok(()),
                    Some(0) => Err(Finding::Wrong("brought again, it is not there once".to_owned())),
                    _ => Err(Finding::Stuck(format!("{again:?}"))),
                }
            });
            tally.count(format!("{} at line {nth}, {} acknowledged, {held} held", victim.name, ran.acked()), outcome);
        }
    }
    tally.close();
}

/// A caller that goes away while its facts are on their way.
#[test]
fn an_answer_that_nobody_waited_for_doubles_nothing() {
    let place = Place::default();
    let mut tally = Tally::new("R17", "the caller goes away before its answer");
    let told = wait(async {
        let log = place.log().await;
        for (nth, batch) in day().chunks(3).enumerate() {
            let mut asked = Box::pin(log.ingest(batch.to_vec(), |_ingested| Vec::new()));
            // Asked once, so that the request is on its way, and then dropped.
            let unanswered = asked.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending();
            drop(asked);
            let again = log.ingest(batch.to_vec(), |_ingested| Vec::new()).await.expect("the log takes facts");
            let outcome = if unanswered && again.n_present == batch.len() as u64 && again.n_written == 0 {
                Ok(())
            } else {
                Err(Finding::Wrong(format!("{again:?}")))
            };
            tally.count(format!("batch {nth}"), outcome);
        }
        let told: Vec<_> = all(&log).await.iter().map(|stored| stored.fact.id).collect();
        log.close().await;
        told
    });
    assert_eq!(told, day().iter().map(|fact| fact.id).collect::<Vec<_>>(), "each once, in its order");
    tally.close();
}

#[test]
fn a_kill_is_seen_as_one() {
    if !permitted() {
        return;
    }
    let victims = victims();
    let victim = victims.iter().find(|victim| victim.name == "append").expect("a victim has this name");
    let place = laid_out(victim);
    let folder = fresh(&place);
    let injection = Injection { call: "write", files: vec![place.path("told")], fault: "signal=SIGKILL".to_owned(), nth: 3 };
    let ran = run(broken(&(victim.command)(&folder), &injection), &place.path("told"));
    assert_eq!((ran.code, ran.acked()), (None, 12), "{ran:?}");
    assert_eq!(told(&facts(&folder)).len(), 24, "the second batch was committed, and nobody was told");
}
