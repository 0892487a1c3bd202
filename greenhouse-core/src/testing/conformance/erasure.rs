use std::{collections::BTreeSet, sync::Arc};

use super::fixtures::{
    account, apply, at, invitation, link, push, put_link, read_invitation, read_link, read_push,
    write,
};
use crate::{
    CandidateId,
    store::{Applied, Changes, Erasure, InvitedPerson, Merge, PersonKey, Store, Write},
};

/// Without a list of fields all of a person's data goes; ids, states and links stay, and the links
/// say so.
pub(super) async fn an_erasure_takes_everything_by_default(store: Arc<dyn Store>) {
    store_person(&store, "a", 1).await;
    erase(&store, Erasure::everything(CandidateId::new(1))).await;

    let mut erased = invitation("a", 1);
    erased.person = InvitedPerson::default();
    erased.version = 2;
    assert_eq!(read_invitation(&store, "a").await, Some(erased));
    let push = read_push(&store, "a").await.expect("the push is stored");
    assert_eq!(push.person, None);
    assert_eq!(push.version, 2);
    let person = PersonKey::of_email(&account(), "jane@example.com");
    let pushes = store.pushes_of_person(&account(), &person).await;
    assert_eq!(pushes.expect("the store reads"), []);
    let mut link = link("a", 1, 7);
    (link.erased, link.version) = (true, 2);
    assert_eq!(read_link(&store, "a").await, Some(link));
}

/// A name is one thing, an address another.
pub(super) async fn an_erasure_takes_only_what_it_names(store: Arc<dyn Store>) {
    store_person(&store, "a", 1).await;
    let one = |field: &str| {
        let fields = BTreeSet::from([field.to_owned()]);
        Erasure::fields(CandidateId::new(1), fields)
    };
    erase(&store, one("full_name")).await;
    let person = read_invitation(&store, "a").await.expect("stored").person;
    assert_eq!((&person.first_name, &person.last_name), (&None, &None));
    assert!(person.email.is_some());
    let push = read_push(&store, "a").await.expect("stored");
    assert!(push.person.is_some(), "the key is made of the address");

    erase(&store, one("email_addresses")).await;
    let person = read_invitation(&store, "a").await.expect("stored").person;
    assert_eq!(person.email, None);
    let push = read_push(&store, "a").await.expect("stored");
    assert_eq!(push.person, None);
}

/// Whoever read before the erasure cannot bring the data back.
pub(super) async fn erased_data_is_not_written_back(store: Arc<dyn Store>) {
    store_person(&store, "a", 1).await;
    let invitation = read_invitation(&store, "a").await.expect("stored");
    let push = read_push(&store, "a").await.expect("stored");
    erase(&store, Erasure::everything(CandidateId::new(1))).await;
    let late = Changes {
        invitations: vec![Write::Put(invitation)],
        ..Changes::none()
    };
    assert_eq!(apply(&store, late).await, Applied::Conflict);
    let late = Changes {
        pushes: vec![Write::Put(push)],
        ..Changes::none()
    };
    assert_eq!(apply(&store, late).await, Applied::Conflict);
}

/// After a merge the loser's rows are the winner's, so that the winner's erasure finds them, and nobody writes them back.
pub(super) async fn a_merge_hands_over_what_an_erasure_takes(store: Arc<dyn Store>) {
    store_person(&store, "a", 1).await;
    store_person(&store, "b", 3).await;
    let before = read_invitation(&store, "a").await.expect("stored");
    let merge = Changes {
        merges: vec![Merge {
            loser: CandidateId::new(1),
            winner: CandidateId::new(2),
        }],
        ..Changes::none()
    };
    write(&store, merge).await;
    let moved = read_invitation(&store, "a").await.expect("stored");
    assert_eq!(moved.candidate, Some(CandidateId::new(2)));
    let push = read_push(&store, "a").await.expect("stored");
    assert_eq!(push.candidate, Some(CandidateId::new(2)));
    let late = Changes {
        invitations: vec![Write::Put(before)],
        ..Changes::none()
    };
    assert_eq!(apply(&store, late).await, Applied::Conflict);

    erase(&store, Erasure::everything(CandidateId::new(2))).await;
    let person = read_invitation(&store, "a").await.expect("stored").person;
    assert_eq!(person, InvitedPerson::default());
    assert_eq!(read_push(&store, "a").await.expect("stored").person, None);
    let other = read_invitation(&store, "b").await.expect("stored");
    assert_eq!(other.version, 1);
}

/// Another person's data stays as it was.
pub(super) async fn only_the_person_is_erased(store: Arc<dyn Store>) {
    store_person(&store, "a", 1).await;
    store_person(&store, "b", 2).await;
    erase(&store, Erasure::everything(CandidateId::new(1))).await;
    let kept = read_invitation(&store, "b").await.expect("stored");
    assert_eq!(kept.version, 1);
    assert_eq!(kept.person, invitation("b", 2).person);
    let kept = read_push(&store, "b").await.expect("stored");
    assert_eq!(kept.version, 1);
    assert!(kept.person.is_some());
}

async fn store_person(store: &Arc<dyn Store>, name: &str, candidate: i64) {
    let mut push = push(name, "jane@example.com", at(0));
    push.candidate = Some(CandidateId::new(candidate));
    let changes = Changes {
        invitations: vec![Write::Put(invitation(name, candidate))],
        pushes: vec![Write::Put(push)],
        ..put_link(link(name, candidate, 7))
    };
    write(store, changes).await;
}

async fn erase(store: &Arc<dyn Store>, erasure: Erasure) {
    let changes = Changes {
        erasures: vec![erasure],
        ..Changes::none()
    };
    write(store, changes).await;
}
