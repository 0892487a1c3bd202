//! Erased data is removed from the whole database while the store is in use.

use bytes::Bytes;
use chrono::{DateTime, Utc};
use greenhouse_core::{
    AccountId, ApplicationId, AssessmentId, CandidateId, InvitationId, ScenarioId,
    store::{
        Applied, BodyKept, Changes, Delivery, DeliverySource, Erasure, Invitation, InvitedPerson,
        Link, PersonKey, Records, RequestKey, StoreWriter, Verdict, Write,
    },
    webhook::{ApplicationEvent, BodyHash, Event},
};
use sqlx_store::SqlxStore;

use crate::test_database::{TestDatabase, keys};

pub(crate) async fn erased_data_is_removed_from_the_whole_database(
    test_database: impl TestDatabase,
) {
    let store = test_database.open_with(keys(1, &[])).await;
    fill(&store).await;
    assert!(test_database.holds("canary@example.com").await);
    assert_eq!(test_database.number(BODIES).await, 3);

    let mut changes = Changes::none();
    changes.erasures = vec![Erasure::everything(CandidateId::new(1))];
    apply(&store, changes).await;
    let erased = store.invitation(&account(), &InvitationId::new("i")).await;
    assert_eq!(erased.unwrap().unwrap().person, InvitedPerson::default());
    assert_eq!(test_database.number(BODIES).await, 1);
    assert!(!test_database.holds("anary").await);
}

pub(crate) async fn a_person_is_erased_by_email(test_database: impl TestDatabase) {
    let store = test_database.open_with(keys(1, &[])).await;
    fill(&store).await;
    let mut changes = Changes::none();
    let person = PersonKey::of_email(&account(), "canary@EXAMPLE.com ");
    changes.erasures = vec![Erasure::everything_of(person.clone())];
    apply(&store, changes).await;
    assert_eq!(test_database.number(BODIES).await, 1);
    assert!(!test_database.holds("anary").await);
    assert!(!test_database.holds(person.as_str()).await);
}

/// Stores an invitation and a link of one person, and three bodies: one about the person's
/// application, one about the person, and one about another person.
pub(crate) async fn fill(store: &SqlxStore) {
    let mut person = InvitedPerson::new("Canary", "Canary", "canary@example.com");
    person.more.insert("sent_by".to_owned(), "a canary".into());
    let mut invitation = Invitation::new(
        InvitationId::new("i"),
        RequestKey::new("r"),
        ScenarioId::new("s"),
        person,
        at(),
    );
    invitation.candidate = Some(CandidateId::new(1));
    let mut changes = Changes::none();
    changes.invitations = vec![Write::Put(invitation)];
    let link = Link::new(
        AssessmentId::new("a"),
        CandidateId::new(1),
        ApplicationId::new(7),
        None,
    );
    changes.links = vec![Write::Put(link)];
    apply(store, changes).await;
    for (event_id, event) in [
        (
            "application",
            Event::Rejected(ApplicationEvent::new(ApplicationId::new(7))),
        ),
        ("person", deleted(1, 9)),
        ("other", deleted(2, 8)),
    ] {
        let mut changes = Changes::none();
        changes.seen = Some(with_body(event_id, event));
        apply(store, changes).await;
    }
}

pub(crate) fn deleted(candidate: i64, application: i64) -> Event {
    Event::CandidateDeleted {
        candidate: CandidateId::new(candidate),
        applications: vec![ApplicationId::new(application)],
    }
}

pub(crate) fn with_body(event_id: &str, event: Event) -> Delivery {
    let source = DeliverySource::new(event_id, BodyHash::from_bytes([7; 32]));
    let mut delivery = Delivery::new(source, Some(event), Verdict::Effective, at());
    delivery.body = BodyKept::Yes(Bytes::from("canary"));
    delivery
}

async fn apply(store: &SqlxStore, changes: Changes) {
    let applied = store.apply(&account(), changes).await.unwrap();
    assert_eq!(applied, Applied::Applied);
}

fn account() -> AccountId {
    AccountId::new("acme")
}

fn at() -> DateTime<Utc> {
    DateTime::from_timestamp(1_790_000_000, 0).unwrap()
}

const BODIES: &str = "SELECT COUNT(body) FROM deliveries";
