use std::sync::Arc;

use super::fixtures::{account, apply, invitation, read_invitation, together, write};
use crate::{
    InvitationId,
    store::{Applied, Changes, Invitation, RequestKey, Store, Write},
};

/// One request creates one invitation, even under a second id, within one change, or if the
/// invitation is already stored.
pub(super) async fn request_creates_one_invitation(store: Arc<dyn Store>) {
    write(&store, put(invitation("first", 1))).await;
    assert_eq!(
        apply(&store, put(requested_as("second", "first"))).await,
        Applied::Conflict
    );
    let found = store
        .invitation_by_request(&account(), &RequestKey::new("request of first"))
        .await
        .expect("the store reads");
    assert_eq!(
        found.map(|found| found.id),
        Some(InvitationId::new("first"))
    );

    let both = Changes {
        invitations: vec![
            Write::Put(requested_as("third", "new")),
            Write::Put(requested_as("fourth", "new")),
        ],
        ..Changes::none()
    };
    assert_eq!(apply(&store, both).await, Applied::Conflict);
    assert_eq!(read_invitation(&store, "third").await, None);

    write(&store, put(invitation("fifth", 1))).await;
    let mut turned = requested_as("fifth", "first");
    turned.version = 1;
    assert_eq!(apply(&store, put(turned)).await, Applied::Conflict);
}

/// Two hosts receive the same request at the same time, and one creates the invitation.
pub(super) async fn concurrent_requests_create_one_invitation(store: Arc<dyn Store>) {
    let names = ["a", "b", "c", "d"];
    let answers = together(
        names
            .iter()
            .map(|name| apply(&store, put(requested_as(name, "same")))),
    )
    .await;
    let applied = answers.iter().filter(|answer| **answer == Applied::Applied);
    assert_eq!(applied.count(), 1);
    assert!(!answers.contains(&Applied::AlreadySeen));
}

fn put(invitation: Invitation) -> Changes {
    Changes {
        invitations: vec![Write::Put(invitation)],
        ..Changes::none()
    }
}

fn requested_as(name: &str, request: &str) -> Invitation {
    let mut invitation = invitation(name, 1);
    invitation.request = RequestKey::new(format!("request of {request}"));
    invitation
}
