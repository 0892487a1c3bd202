use std::sync::Arc;

use super::fixtures::{
    account, assessment, at, backfill, invitation, link, push, read_invitation, read_link,
    read_push, write,
};
use crate::{
    ApplicationId, ApplicationStatus, CandidateId, JobId, Stage, StageId, Text,
    backfill::{BackfillSkip, Pace},
    store::{
        BackfillKind, Changes, InvitationState, JournalEntry, JournalMark, Link, Merge,
        NoticeState, PersonKey, PushFailure, PushState, PushStep, ReportAccess, RuleDay, Store,
        TriggerDecision, Write,
    },
};

/// Every field round-trips, except the version, which the store increments.
pub(super) async fn records_round_trip(store: Arc<dyn Store>) {
    let mut link = link("a", i64::MAX, 70_000_000_000);
    link.job = Some(JobId::new(3));
    link.merged = true;
    link.state.status = ApplicationStatus::Other("on_hold".to_owned());
    link.state.stage = Some(Stage::new(
        Some(StageId::new(4)),
        Some("Löwe \"1\"".to_owned()),
    ));
    link.state.as_of = Some(at(1));
    link.state.deleted = true;
    link.outcome_revision = 9;

    let mut invitation = invitation("a", 1);
    invitation.application = Some(ApplicationId::new(7));
    invitation.stage = Some(StageId::new(4));
    invitation.callback = Some(
        "https://app.greenhouse.io/x?y=z"
            .parse()
            .expect("a valid URL"),
    );
    invitation.assessment = Some(assessment("a"));
    invitation.state = InvitationState::Completed;
    invitation.notice = NoticeState::Due;

    let mut push = push("a", "jane@example.com", at(2));
    let mut failure = PushFailure::new(
        Some(PushStep::Report),
        Text::new("refused", "Greenhouse refused."),
    );
    failure.retry_after = Some(at(3));
    failure.candidates = vec![CandidateId::new(1), CandidateId::new(2)];
    push.state = PushState::Failed(failure);
    push.choice = Some(CandidateId::new(2));
    push.candidate = Some(CandidateId::new(2));
    push.application = Some(ApplicationId::new(7));
    let done = JournalMark::Done {
        id: 12,
        found: true,
    };
    push.journal = vec![
        JournalEntry::new(PushStep::Candidate, JournalMark::Begun, at(2)),
        JournalEntry::new(PushStep::Candidate, done, at(3)),
    ];

    let mut access = ReportAccess::first(assessment("a"));
    access.link_version = 4;

    let reason = Text::new("trigger_manual", "The account pushes manually.");
    let mut decision = TriggerDecision::new(assessment("a"), false, reason, at(4));

    let mut day = RuleDay::new(at(4).date_naive());
    day.begun = 3;
    day.held = 1;

    let mut backfill = backfill(at(4));
    backfill.counts.skip(BackfillSkip::Known);
    backfill.open(assessment("a"), Pace::new(50, 50), at(5));
    backfill.cursor.after = Some(assessment("a"));
    backfill.reason = Some(Text::new(
        "product_unavailable",
        "The product did not respond.",
    ));

    let changes = Changes {
        links: vec![Write::Put(link.clone())],
        invitations: vec![Write::Put(invitation.clone())],
        pushes: vec![Write::Put(push.clone())],
        report_access: vec![Write::Put(access.clone())],
        trigger_decisions: vec![Write::Put(decision.clone())],
        rule_days: vec![Write::Put(day.clone())],
        backfills: vec![Write::Put(backfill.clone())],
        ..Changes::none()
    };
    write(&store, changes).await;
    link.version = 1;
    invitation.version = 1;
    push.version = 1;
    access.version = 1;
    decision.version = 1;
    day.version = 1;
    backfill.version = 1;
    assert_eq!(read_link(&store, "a").await, Some(link));
    assert_eq!(read_push(&store, "a").await, Some(push));
    let read = store.report_access(&account(), &assessment("a")).await;
    assert_eq!(read.expect("the store reads"), Some(access));
    let read = store.trigger_decision(&account(), &assessment("a")).await;
    assert_eq!(read.expect("the store reads"), Some(decision));
    let read = store.rule_day(&account(), day.day).await;
    assert_eq!(read.expect("the store reads"), Some(day.clone()));
    let read = store.backfill(&account(), BackfillKind::Push).await;
    assert_eq!(read.expect("the store reads"), Some(backfill));
    let next = day.day.succ_opt().expect("a day");
    let read = store.rule_day(&account(), next).await;
    assert_eq!(read.expect("the store reads"), None);

    let by_request = store
        .invitation_by_request(&account(), &invitation.request)
        .await;
    let by_request = by_request.expect("the store reads");
    let of_assessment = store
        .invitation_of_assessment(&account(), &assessment("a"))
        .await;
    let of_assessment = of_assessment.expect("the store reads");
    let by_id = read_invitation(&store, "a").await;
    for found in [by_id, by_request, of_assessment] {
        assert_eq!(found.as_ref(), Some(&invitation));
    }
}

/// A candidate's invitations are found after a merge as well.
pub(super) async fn invitations_are_found_by_candidate(store: Arc<dyn Store>) {
    let invitations =
        [("b", 1), ("a", 1), ("c", 2)].map(|(id, candidate)| invitation(id, candidate));
    let changes = Changes {
        invitations: invitations.into_iter().map(Write::Put).collect(),
        ..Changes::none()
    };
    write(&store, changes).await;
    let found = async |candidate: i64| {
        let candidate = CandidateId::new(candidate);
        let found = store.invitations_of_candidate(&account(), candidate).await;
        let found = found.expect("the store reads").into_iter();
        found.map(|one| one.id.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(found(1).await, ["a", "b"]);
    assert_eq!(found(2).await, ["c"]);
    assert_eq!(found(3).await, [""; 0]);
    let merge = Merge {
        loser: CandidateId::new(2),
        winner: CandidateId::new(1),
    };
    let changes = Changes {
        merges: vec![merge],
        ..Changes::none()
    };
    write(&store, changes).await;
    assert_eq!(found(1).await, ["a", "b", "c"]);
    assert_eq!(found(2).await, [""; 0]);
}

/// A link is found only by its current values.
pub(super) async fn links_are_found_by_application_and_by_candidate(store: Arc<dyn Store>) {
    let links = [link("a", 1, 7), link("b", 1, 8), link("c", 2, 8)];
    let changes = Changes {
        links: links.into_iter().map(Write::Put).collect(),
        ..Changes::none()
    };
    write(&store, changes).await;
    assert_eq!(to_application(&store, 8).await, ["b", "c"]);
    assert_eq!(to_candidate(&store, 1).await, ["a", "b"]);
    assert_eq!(to_application(&store, 9).await, [""; 0]);

    let mut moved = link("a", 2, 9);
    moved.version = 1;
    let changes = Changes {
        links: vec![Write::Put(moved)],
        ..Changes::none()
    };
    write(&store, changes).await;
    assert_eq!(to_application(&store, 7).await, [""; 0]);
    assert_eq!(to_application(&store, 9).await, ["a"]);
    assert_eq!(to_candidate(&store, 1).await, ["b"]);
    assert_eq!(to_candidate(&store, 2).await, ["a", "c"]);
}

/// Pushes are sorted by request time, regardless of the order in which they were stored.
pub(super) async fn pushes_of_a_person_are_sorted_by_age(store: Arc<dyn Store>) {
    let pushes = [
        push("a", "jane@example.com", at(30)),
        push("b", "joe@example.com", at(20)),
        push("c", " JANE@example.com ", at(10)),
    ];
    for push in pushes {
        let changes = Changes {
            pushes: vec![Write::Put(push)],
            ..Changes::none()
        };
        write(&store, changes).await;
    }
    let person = PersonKey::of_email(&account(), "jane@example.com");
    let pushes = store
        .pushes_of_person(&account(), &person)
        .await
        .expect("the store reads");
    let pushed: Vec<_> = pushes.iter().map(|push| push.assessment.as_str()).collect();
    assert_eq!(pushed, ["c", "a"]);
}

async fn to_application(store: &Arc<dyn Store>, id: i64) -> Vec<String> {
    let links = store
        .links_to_application(&account(), ApplicationId::new(id))
        .await;
    names(links.expect("the store reads"))
}

async fn to_candidate(store: &Arc<dyn Store>, id: i64) -> Vec<String> {
    let links = store
        .links_to_candidate(&account(), CandidateId::new(id))
        .await;
    names(links.expect("the store reads"))
}

/// The order of links is unspecified.
fn names(links: Vec<Link>) -> Vec<String> {
    let mut names: Vec<_> = links
        .iter()
        .map(|link| link.assessment.to_string())
        .collect();
    names.sort();
    names
}

/// Pages of links are ordered by the bytes of the assessment ids.
pub(super) async fn links_are_paged_by_assessment(store: Arc<dyn Store>) {
    for (number, name) in ["b", "a", "Z", "é", "a-1"].into_iter().enumerate() {
        let number = i64::try_from(number).expect("a small number");
        let changes = Changes {
            links: vec![Write::Put(link(name, number, number))],
            ..Changes::none()
        };
        write(&store, changes).await;
    }
    let mut names = Vec::new();
    let mut after = None;
    loop {
        let page = store.links_after(&account(), after.as_ref(), 2).await;
        let page = page.expect("the store reads");
        names.extend(page.iter().map(|link| link.assessment.as_str().to_owned()));
        match page.last() {
            Some(last) => after = Some(last.assessment.clone()),
            None => break,
        }
        assert!(page.len() <= 2 && page.iter().all(|link| link.version == 1));
    }
    assert_eq!(names, ["Z", "a", "a-1", "b", "é"]);
}
