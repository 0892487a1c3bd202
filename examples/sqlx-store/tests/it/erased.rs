use bytes::Bytes;
use greenhouse_core::{
    ApplicationId, AssessmentId, CandidateId, InvitationId, ScenarioId,
    store::{
        Applied, BodyKept, Changes, Erasure, Invitation, Invitations, InvitedPerson, Link,
        RequestKey, Write, WriteDoor,
    },
    webhook::Event,
};
use sqlx::Connection;
use sqlx_store::SqlxStore;

use crate::{
    opening::connect,
    support::{Place, account, at, delivery},
};

#[tokio::test]
async fn erased_data_is_in_no_file() {
    let place = Place::new();
    let store = place.open().await;
    let mut invitation = Invitation::new(
        InvitationId::new("i"),
        RequestKey::new("r"),
        ScenarioId::new("s"),
        InvitedPerson::new("Canary", "Canary", "canary@example.com"),
        at(0),
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
    apply(&store, changes).await;

    // One body names the application only, one the person, one somebody else.
    let mut names_application = delivery("application");
    names_application.body = BodyKept::Yes(Bytes::from("canary 1"));
    let mut names_person = delivery("person");
    names_person.event = Some(Event::CandidateDeleted {
        candidate: CandidateId::new(1),
        applications: Vec::new(),
    });
    names_person.body = BodyKept::Yes(Bytes::from("canary 2"));
    let mut names_other = delivery("other");
    names_other.event = Some(Event::CandidateDeleted {
        candidate: CandidateId::new(2),
        applications: vec![ApplicationId::new(8)],
    });
    names_other.body = BodyKept::Yes(Bytes::from("somebody else"));
    for delivery in [names_application, names_person, names_other] {
        let mut changes = Changes::none();
        changes.seen = Some(delivery);
        apply(&store, changes).await;
    }
    assert!(holds(&place, b"canary"));

    let mut changes = Changes::none();
    changes.erasures = vec![Erasure::everything(CandidateId::new(1))];
    apply(&store, changes).await;
    let erased = store.invitation(&account(), &InvitationId::new("i")).await;
    assert_eq!(erased.unwrap().unwrap().person, InvitedPerson::default());
    let mut connection = connect(&place).await;
    let bodies: i64 = sqlx::query_scalar("SELECT COUNT(body) FROM deliveries")
        .fetch_one(&mut connection)
        .await
        .unwrap();
    assert_eq!(bodies, 1);
    connection.close().await.unwrap();

    store.close().await;
    assert!(!holds(&place, b"anary"));
}

async fn apply(store: &SqlxStore, changes: Changes) {
    let applied = store.apply(&account(), changes).await.unwrap();
    assert_eq!(applied, Applied::Applied);
}

fn holds(place: &Place, what: &[u8]) -> bool {
    place
        .bytes()
        .windows(what.len())
        .any(|window| window == what)
}

#[tokio::test]
async fn neither_debug_nor_an_error_shows_what_is_stored() {
    let place = Place::new();
    let store = place.open().await;
    assert_eq!(format!("{store:?}"), "SqlxStore { .. }");
    let mut connection = connect(&place).await;
    sqlx::query("INSERT INTO invitations VALUES ('acme', 'i', 'r', NULL, NULL, 1, $1, NULL)")
        .bind(r#"{"id": {"canary@example.com": 1}}"#)
        .execute(&mut connection)
        .await
        .unwrap();
    let error = store
        .invitation(&account(), &InvitationId::new("i"))
        .await
        .unwrap_err();
    assert_eq!(
        error.kind(),
        greenhouse_core::store::StoreErrorKind::Corrupt
    );
    let source = std::error::Error::source(&error).unwrap().to_string();
    assert!(source.starts_with("a row of invitations"), "{source}");
    assert!(!format!("{error:?} {error} {source}").contains("canary"));
}
