//! Rules whose result is the same in every order of arrival.

use super::*;

#[test]
fn incomplete_body_is_applied_and_the_rest_read() {
    let whole = snapshot_event("rejected", "Offer", 10);
    let changes = decide(&Event::Rejected(whole.clone()), &known(vec![link()])).changes;
    assert_eq!(tasks(&changes), [notify_product(Outcome::Rejected, 1)]);

    let mut event = whole;
    event.stage = None;
    let event = Event::Rejected(event);
    let with_reader = decide(&event, &known(vec![link()])).changes;
    let rest = read(says(ApplicationStatus::Rejected), false);
    assert_eq!(
        tasks(&with_reader),
        [notify_product(Outcome::Rejected, 1), rest]
    );
    assert_eq!(only_link(&with_reader).state.as_of, Some(at(10)));

    let without = decide(&event, &blind(vec![link()])).changes;
    assert_eq!(tasks(&without), [notify_product(Outcome::Rejected, 1)]);
    assert_eq!(
        texts(&without),
        [
            "The application was rejected in Greenhouse. The webhook contained no stage, so the \
          known stage may be outdated."
        ]
    );
}

#[test]
fn stage_change_without_stage_is_read() {
    let mut event = snapshot_event("active", "Onsite", 10);
    event.stage = None;
    let event = Event::StageChanged(event);
    let state = says(ApplicationStatus::Active);
    let changes = decide(&event, &known(vec![link()])).changes;
    assert_eq!(tasks(&changes), [read(state, false)]);

    let without = decide(&event, &blind(vec![link()])).changes;
    assert_eq!(
        texts(&without),
        [
            "The application was updated in Greenhouse. The webhook contained no stage, so the known \
          stage may be outdated."
        ]
    );
}

#[test]
fn event_without_time_is_read_even_without_a_change() {
    let mut unrejected = snapshot_event("active", "Offer", 10);
    (unrejected.stage, unrejected.last_activity_at) = (None, None);
    let unrejected = Event::Unrejected(unrejected);
    let hired = link_with(ApplicationStatus::Hired);
    // The undone rejection, or the undo of an earlier hire, may still be on its way.
    for (event, link, status) in [
        (unrejected, link(), ApplicationStatus::Active),
        (Event::Hired(hire_event()), hired, ApplicationStatus::Hired),
    ] {
        let with_reader = decide(&event, &known(vec![link.clone()])).changes;
        assert_eq!(tasks(&with_reader), [read(says(status), false)]);

        let without = decide(&event, &blind(vec![link])).changes;
        assert!(without.links.is_empty() && without.due.is_empty());
        assert_eq!(
            texts(&without),
            [format!(
                "A webhook arrived. Status and stage are unchanged. {ORDER_OF_ARRIVAL}"
            )]
        );
    }
}

#[test]
fn deleted_link_that_follows_a_merge_replays_ignored() {
    let gone = deleted_link();
    let merge = merge(CANDIDATE, WINNER, &[]);
    let after = decide(&merge, &known(vec![gone])).changes;
    assert_eq!(only_link(&after).candidate, WINNER);
    // The next merge of a chain, or an anonymization, may have arrived before.
    assert!(tasks(&after).contains(&replays_ignored()));
}

#[test]
fn repeated_merge_moves_no_link_back() {
    let first = merge(CANDIDATE, WINNER, &[APPLICATION]);
    let second = merge(WINNER, LAST, &[]);
    let at_winner = only_link(&decide(&first, &known(vec![link()])).changes);
    let at_last = only_link(&decide(&second, &known(vec![at_winner])).changes);
    assert!(at_last.state.deleted && at_last.candidate == LAST);

    let again = decide(&first, &known(vec![at_last]));
    assert_eq!(again.verdict, Verdict::Ignored);
    assert!(again.changes.links.is_empty() && again.changes.due.is_empty());
}

#[test]
fn merge_that_lists_the_application_may_arrive_early() {
    // The link still belongs to the loser of a merge that has not arrived.
    let merge = merge(WINNER, LAST, &[APPLICATION]);
    let after = only_link(&decide(&merge, &known(vec![link()])).changes);
    assert!(after.state.deleted && after.candidate == LAST);

    // A deleted link waits for the earlier merge, which replays this one.
    let waits = decide(&merge, &known(vec![deleted_link()]));
    assert_eq!(waits.verdict, Verdict::Ignored);
}

#[test]
fn anonymization_erases_deleted_links() {
    let event = Event::CandidateAnonymized {
        candidate: CANDIDATE,
        fields: vec!["full_name".to_owned()],
    };
    let decision = decide(&event, &known(vec![deleted_link()]));
    assert_eq!(decision.verdict, Verdict::Effective);
    assert!(!decision.keeps_body);
    let erased = only_link(&decision.changes);
    assert!(erased.bodies_erased && erased.state.deleted);
}

fn merge(loser: CandidateId, winner: CandidateId, deleted: &[ApplicationId]) -> Event {
    Event::CandidateMerged {
        loser,
        winner,
        deleted_applications: deleted.to_vec(),
    }
}

fn deleted_link() -> Link {
    let mut link = link();
    link.state.deleted = true;
    link
}

fn link_with(status: ApplicationStatus) -> Link {
    let mut link = link();
    link.state.status = status;
    link
}

const LAST: CandidateId = CandidateId::new(30);
