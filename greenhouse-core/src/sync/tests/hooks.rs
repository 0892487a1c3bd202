//! Hooks are asked for exactly the events that do something.

use std::collections::BTreeSet;

use super::{APPLICATION, CANDIDATE, JOB, WINNER, decide, hire_event, known, link, snapshot_event};
use crate::{
    store::Verdict,
    webhook::{Event, HookEvent},
};

#[test]
fn a_hook_is_asked_for_each_event_with_a_rule_and_for_no_other() {
    let mut with_a_rule = BTreeSet::new();
    let events = one_of_each_action();
    for event in &events {
        if decide(event, &known(vec![link()])).verdict == Verdict::Effective {
            with_a_rule.insert(event.action());
        }
    }
    let asked_for: BTreeSet<_> = HookEvent::ALL.iter().map(|hook| hook.action).collect();
    assert_eq!(asked_for, with_a_rule);

    // Whoever adds an action adds an event of it here.
    let tried: BTreeSet<_> = events.iter().map(Event::action).collect();
    assert_eq!(tried, Event::ACTIONS.iter().copied().collect());
}

#[test]
fn every_hook_is_asked_for_once_under_a_label_of_its_own() {
    let words = |of: fn(&HookEvent) -> &'static str| -> BTreeSet<_> {
        HookEvent::ALL.iter().map(of).collect()
    };
    assert_eq!(words(|hook| hook.action).len(), HookEvent::ALL.len());
    assert_eq!(words(|hook| hook.label).len(), HookEvent::ALL.len());
    assert!(!words(|hook| hook.label).contains(""));
}

fn one_of_each_action() -> Vec<Event> {
    let told = |status| snapshot_event(status, "Offer", 10);
    vec![
        Event::Rejected(told("rejected")),
        Event::Unrejected(told("active")),
        Event::Hired(hire_event()),
        Event::Unhired(told("active")),
        Event::StageChanged(told("active")),
        Event::ApplicationUpdated(told("active")),
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
