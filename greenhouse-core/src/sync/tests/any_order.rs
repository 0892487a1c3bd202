//! What lets every order end alike.

use super::*;

#[test]
fn a_body_that_lacks_something_is_taken_and_the_rest_is_read() {
    let whole = snapshot_event("rejected", "Offer", 10);
    let changes = decide(&Event::Rejected(whole.clone()), &known(vec![link()])).changes;
    assert_eq!(works(&changes), [tell(Outcome::Rejected, 1)]);

    let mut event = whole;
    event.stage = None;
    let event = Event::Rejected(event);
    let with_reader = decide(&event, &known(vec![link()])).changes;
    let rest = read(says(ApplicationStatus::Rejected), false);
    assert_eq!(works(&with_reader), [tell(Outcome::Rejected, 1), rest]);
    assert_eq!(only_link(&with_reader).state.as_of, Some(at(10)));

    let without = decide(&event, &blind(vec![link()])).changes;
    assert_eq!(works(&without), [tell(Outcome::Rejected, 1)]);
    assert_eq!(
        texts(&without),
        ["Rejected in Greenhouse (the webhook did not say everything)."]
    );
}

#[test]
fn a_move_that_does_not_say_where_to_is_read() {
    let mut event = snapshot_event("active", "Onsite", 10);
    event.stage = None;
    let event = Event::StageChanged(event);
    let state = says(ApplicationStatus::Active);
    let changes = decide(&event, &known(vec![link()])).changes;
    assert_eq!(works(&changes), [read(state, false)]);

    let without = decide(&event, &blind(vec![link()])).changes;
    assert_eq!(
        texts(&without),
        ["Updated in Greenhouse (the webhook did not say everything)."]
    );
}

#[test]
fn what_has_no_time_is_read_also_where_it_is_known() {
    let mut unrejected = snapshot_event("active", "Offer", 10);
    (unrejected.stage, unrejected.last_activity_at) = (None, None);
    let unrejected = Event::Unrejected(unrejected);
    let hired = link_with(ApplicationStatus::Hired);
    // The rejection that was undone, and the end of an earlier hire, may still be on their way.
    for (event, link, status) in [
        (unrejected, link(), ApplicationStatus::Active),
        (Event::Hired(hire_event()), hired, ApplicationStatus::Hired),
    ] {
        let with_reader = decide(&event, &known(vec![link.clone()])).changes;
        assert_eq!(works(&with_reader), [read(says(status), false)]);

        let without = decide(&event, &blind(vec![link])).changes;
        assert!(without.links.is_empty() && without.due.is_empty());
        assert_eq!(
            texts(&without),
            [
                "Greenhouse reported what was known, as far as it said (taken in the order of arrival)."
            ]
        );
    }
}

#[test]
fn a_deleted_link_that_follows_a_merge_is_looked_back_at() {
    let gone = deleted_link();
    let merge = merge(CANDIDATE, WINNER, &[]);
    let after = decide(&merge, &known(vec![gone])).changes;
    assert_eq!(only_link(&after).candidate, WINNER);
    // The next merge of a chain, or what erases the person, may have come before.
    assert!(works(&after).contains(&looks_back()));
}

#[test]
fn a_merge_that_comes_again_pulls_no_link_back() {
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
fn a_merge_that_lists_the_application_is_ahead_of_the_one_before() {
    // The link is still at the loser of a merge that has not come.
    let merge = merge(WINNER, LAST, &[APPLICATION]);
    let after = only_link(&decide(&merge, &known(vec![link()])).changes);
    assert!(after.state.deleted && after.candidate == LAST);

    // A link that is deleted already waits for the merge before, which looks back at this one.
    let waits = decide(&merge, &known(vec![deleted_link()]));
    assert_eq!(waits.verdict, Verdict::Ignored);
}

#[test]
fn anonymizing_reaches_a_deleted_link() {
    let event = Event::CandidateAnonymized {
        candidate: CANDIDATE,
        fields: vec!["full_name".to_owned()],
    };
    let decision = decide(&event, &known(vec![deleted_link()]));
    assert_eq!(decision.verdict, Verdict::Effective);
    assert!(!decision.keeps_body);
    let erased = only_link(&decision.changes);
    assert!(erased.erased && erased.state.deleted);
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
