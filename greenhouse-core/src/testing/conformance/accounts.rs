use std::sync::Arc;

use super::fixtures::{
    LEASE, account, apply_to, assessment, at, decision, delivery, due, entry, history, invitation,
    link, notify, push, write,
};
use crate::{
    AccountId, ApplicationId, CandidateId, InvitationId,
    store::{
        Applied, Changes, Claim, Erasure, LogFilter, LogKey, PersonKey, ReportAccess, RequestKey,
        Settlement, Store, TaskKind, Write,
    },
};

/// Data from another account is invisible, even under the same ids.
pub(super) async fn accounts_are_separate(store: Arc<dyn Store>) {
    let other = AccountId::new("other");
    let mut invited = invitation("i", 1);
    invited.assessment = Some(assessment("a"));
    let changes = Changes {
        seen: Some(delivery("e", 1, at(0))),
        links: vec![Write::Put(link("a", 1, 7))],
        invitations: vec![Write::Put(invited)],
        pushes: vec![Write::Put(push("a", "jane@example.com", at(0)))],
        report_access: vec![Write::Put(ReportAccess::first(assessment("a")))],
        trigger_decisions: vec![Write::Put(decision("a"))],
        histories: vec![Write::Put(history(1, at(0)))],
        log: vec![entry("ours").keyed(LogKey::push(&assessment("a")))],
        ..due([(notify("i"), at(0))])
    };
    write(&store, changes.clone()).await;

    let unknown = "the store reads";
    assert_eq!(
        store.link(&other, &assessment("a")).await.expect(unknown),
        None
    );
    let by_application = store
        .links_to_application(&other, ApplicationId::new(7))
        .await;
    assert_eq!(by_application.expect(unknown), []);
    let by_candidate = store.links_to_candidate(&other, CandidateId::new(1)).await;
    assert_eq!(by_candidate.expect(unknown), []);
    let by_id = store.invitation(&other, &InvitationId::new("i")).await;
    assert_eq!(by_id.expect(unknown), None);
    let by_request = store
        .invitation_by_request(&other, &RequestKey::new("request of i"))
        .await;
    assert_eq!(by_request.expect(unknown), None);
    let by_assessment = store
        .invitation_of_assessment(&other, &assessment("a"))
        .await;
    assert_eq!(by_assessment.expect(unknown), None);
    assert_eq!(
        store.push(&other, &assessment("a")).await.expect(unknown),
        None
    );
    let person = PersonKey::of_email(&account(), "jane@example.com");
    let of_person = store.pushes_of_person(&other, &person).await;
    assert_eq!(of_person.expect(unknown), []);
    let access = store.report_access(&other, &assessment("a")).await;
    assert_eq!(access.expect(unknown), None);
    let decided = store.trigger_decision(&other, &assessment("a")).await;
    assert_eq!(decided.expect(unknown), None);
    let history = store.candidate_history(&other, CandidateId::new(1)).await;
    assert_eq!(history.expect(unknown), None);
    assert_eq!(store.last_delivery_at(&other).await.expect(unknown), None);
    let backlog = store.backlog(&other, &[TaskKind::Notify]).await;
    assert_eq!(backlog.expect(unknown).count, 0);
    let page = store.log_page(&other, &LogFilter::newest(10)).await;
    assert_eq!(page.expect(unknown).entries, []);
    let ours = store.log_page(&account(), &LogFilter::newest(10)).await;
    let ours = ours.expect(unknown).entries.remove(0);
    let entry = store.log_entry(&other, ours.id).await;
    assert_eq!(entry.expect(unknown), None);

    let claimed = store
        .claim_due(&Claim::new(&[TaskKind::Notify], at(0), LEASE, 1))
        .await
        .expect("the store claims")
        .remove(0);
    assert_eq!(claimed.account, account());
    let foreign = Changes {
        settled: Some(claimed.settle(Settlement::Done)),
        ..Changes::none()
    };
    assert_eq!(
        apply_to(&store, &other, foreign).await,
        Applied::LeaseLost,
        "a claim is settled in its own account"
    );

    let erase = Changes {
        erasures: vec![Erasure::everything(CandidateId::new(1))],
        ..Changes::none()
    };
    assert_eq!(apply_to(&store, &other, erase).await, Applied::Applied);
    let kept = store.invitation(&account(), &InvitationId::new("i")).await;
    let kept = kept.expect(unknown).expect("the invitation is stored");
    assert!(kept.person.email.is_some());

    assert_eq!(
        apply_to(&store, &other, changes).await,
        Applied::Applied,
        "the same ids are free in another account"
    );
    let entry = store.log_entry(&account(), ours.id).await;
    assert_eq!(entry.expect(unknown), Some(ours));
}
