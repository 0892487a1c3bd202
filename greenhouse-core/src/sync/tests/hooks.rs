//! Hooks cover exactly the events that have an effect.

use std::collections::BTreeSet;

use super::{APPLICATION, CANDIDATE, JOB, WINNER, decide, hire_event, known, link, snapshot_event};
use crate::{
    store::Verdict,
    webhook::{Event, HookEvent},
};

#[test]
fn hooks_match_the_events_with_a_rule() {
    let mut with_a_rule = BTreeSet::new();
    let events = one_of_each_action();
    for event in &events {
        if decide(event, &known(vec![link()])).verdict == Verdict::Effective {
            with_a_rule.insert(event.action());
        }
    }
    let asked_for: BTreeSet<_> = HookEvent::ALL.iter().map(|hook| hook.action).collect();
    assert_eq!(asked_for, with_a_rule);

    // A new action needs an event here.
    let tried: BTreeSet<_> = events.iter().map(Event::action).collect();
    assert_eq!(tried, Event::ACTIONS.iter().copied().collect());
}

#[test]
fn hook_labels_are_unique() {
    let words = |of: fn(&HookEvent) -> &'static str| -> BTreeSet<_> {
        HookEvent::ALL.iter().map(of).collect()
    };
    assert_eq!(words(|hook| hook.action).len(), HookEvent::ALL.len());
    assert_eq!(words(|hook| hook.label).len(), HookEvent::ALL.len());
    assert!(!words(|hook| hook.label).contains(""));
}

fn one_of_each_action() -> Vec<Event> {
    let event = |status| snapshot_event(status, "Offer", 10);
    vec![
        Event::Rejected(event("rejected")),
        Event::Unrejected(event("active")),
        Event::Hired(hire_event()),
        Event::Unhired(event("active")),
        Event::StageChanged(event("active")),
        Event::ApplicationUpdated(event("active")),
        Event::ApplicationDeleted {
            application: APPLICATION,
            candidate: Some(CANDIDATE),
            job: Some(JOB),
        },
        Event::CandidateDeleted {
            candidate: CANDIDATE,
            applications: vec![APPLICATION],
        },
        Event::CandidateMerged {
            loser: CANDIDATE,
            winner: WINNER,
            deleted_applications: vec![],
        },
        Event::CandidateAnonymized {
            candidate: CANDIDATE,
            fields: vec!["full_name".to_owned()],
        },
        Event::Ping {
            hook: None,
            event: None,
        },
    ]
}
