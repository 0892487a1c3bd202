use std::{collections::BTreeSet, sync::Arc};

use super::fixtures::{
    account, apply, apply_to, at, bodies, delivery, invitation, kept, link, push, put_link,
    read_invitation, read_link, read_push, seen, write,
};
use crate::{
    AccountId, ApplicationId, CandidateId, ScenarioId,
    store::{Applied, Changes, Erasure, InvitedPerson, Merge, PersonKey, RequestKey, Store, Write},
    webhook::{ApplicationEvent, Event},
};

/// Without a list of fields, all personal data is erased. Ids, states and links stay, and the links
/// are marked.
pub(super) async fn erasure_covers_all_fields_by_default(store: Arc<dyn Store>) {
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
    assert!(push.erased);
    let mut link = link("a", 1, 7);
    (link.erased, link.bodies_erased, link.version) = (true, true, 2);
    assert_eq!(read_link(&store, "a").await, Some(link));
}

/// Names and addresses are erased separately.
pub(super) async fn erasure_covers_only_named_fields(store: Arc<dyn Store>) {
    store_person(&store, "a", 1).await;
    let one = |field: &str| {
        let fields = BTreeSet::from([field.to_owned()]);
        Erasure::fields(CandidateId::new(1), fields)
    };
    erase(&store, one("phone_numbers")).await;
    let person = read_invitation(&store, "a").await.expect("stored").person;
    assert!(person.more.is_empty(), "it may contain anything");
    assert!(person.first_name.is_some() && person.email.is_some());
    erase(&store, one("full_name")).await;
    let person = read_invitation(&store, "a").await.expect("stored").person;
    assert_eq!((&person.first_name, &person.last_name), (&None, &None));
    assert!(person.email.is_some());
    let push = read_push(&store, "a").await.expect("stored");
    assert!(push.person.is_some(), "the key is derived from the address");

    let request = RequestKey::of_person(&ScenarioId::new("s"), "Jane@example.com");
    let mut invitation = invitation("b", 1);
    invitation.request = request.clone();
    let unnamed = Changes {
        invitations: vec![Write::Put(invitation)],
        ..Changes::none()
    };
    write(&store, unnamed).await;
    erase(&store, one("email_addresses")).await;
    let person = read_invitation(&store, "a").await.expect("stored").person;
    assert_eq!(person.email, None);
    let found = store.invitation_by_request(&account(), &request).await;
    assert_eq!(found.expect("the store reads"), None);
    let erased = read_invitation(&store, "b").await.expect("stored");
    assert_ne!(erased.request, request, "it is derived from the address");
    let found = store
        .invitation_by_request(&account(), &erased.request)
        .await;
    assert_eq!(found.expect("the store reads"), Some(erased));
    let push = read_push(&store, "a").await.expect("stored");
    assert_eq!(push.person, None);
}

/// A push without a candidate belongs to its person, because it can only go to the candidate of
/// their other pushes.
pub(super) async fn erasure_covers_pushes_without_a_candidate(store: Arc<dyn Store>) {
    store_person(&store, "a", 1).await;
    let unplaced = push("b", "jane@example.com", at(1));
    let stranger = push("c", "joe@example.com", at(1));
    let mut changes = Changes::none();
    changes.pushes = vec![Write::Put(unplaced), Write::Put(stranger)];
    write(&store, changes).await;
    erase(&store, Erasure::everything(CandidateId::new(1))).await;

    let erased = read_push(&store, "b").await.expect("stored");
    assert_eq!((erased.person, erased.version), (None, 2));
    assert_eq!(erased.candidate, Some(CandidateId::new(1)));
    let kept = read_push(&store, "c").await.expect("stored");
    assert!(kept.person.is_some());
    assert_eq!((kept.candidate, kept.version), (None, 1));
}

/// A decision on data read before the erasure cannot restore it.
pub(super) async fn stale_decision_does_not_restore_erased_data(store: Arc<dyn Store>) {
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

/// After a merge the loser's rows belong to the winner. The winner's erasure finds them, and no
/// older decision restores them.
pub(super) async fn merge_moves_data_for_erasure(store: Arc<dyn Store>) {
    store_person(&store, "a", 1).await;
    store_person(&store, "b", 3).await;
    for (event_id, candidate) in [("theirs", 1), ("other", 3)] {
        let mut event = ApplicationEvent::new(ApplicationId::new(90 + candidate));
        event.candidate = Some(CandidateId::new(candidate));
        let mut delivery = kept(delivery(event_id, 1, at(0)));
        delivery.event = Some(Event::Rejected(event));
        write(&store, seen(delivery)).await;
    }
    let before = read_invitation(&store, "a").await.expect("stored");
    let (loser, winner) = (CandidateId::new(1), CandidateId::new(2));
    let mut merged = kept(delivery("merged", 1, at(0)));
    merged.event = Some(Event::CandidateMerged {
        loser,
        winner,
        deleted_applications: Vec::new(),
    });
    let merge = Changes {
        merges: vec![Merge { loser, winner }],
        ..seen(merged)
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
    assert_eq!(bodies(&store).await, 1, "all except the other candidate's");
}

/// A body whose event names only an application belongs to its candidate, even if the link has
/// moved to another application.
pub(super) async fn erasure_covers_deliveries_from_before_a_link_moved(store: Arc<dyn Store>) {
    write(&store, put_link(link("a", 1, 7))).await;
    let known = read_link(&store, "a").await.expect("stored");
    let mut delivery = kept(delivery("e", 1, at(0)));
    delivery.event = Some(Event::Rejected(ApplicationEvent::new(ApplicationId::new(
        7,
    ))));
    let rejected = Changes {
        links: vec![Write::Put(known)],
        ..seen(delivery)
    };
    write(&store, rejected).await;
    let mut moved = read_link(&store, "a").await.expect("stored");
    moved.application = ApplicationId::new(8);
    write(&store, put_link(moved)).await;

    erase(&store, Erasure::everything(CandidateId::new(1))).await;
    assert_eq!(bodies(&store).await, 0);
}

/// Other people's data stays unchanged.
pub(super) async fn erasure_keeps_other_people(store: Arc<dyn Store>) {
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

/// Links of the person are marked for any erased field that bodies contain, and no older decision
/// unmarks them.
pub(super) async fn erasure_marks_links(store: Arc<dyn Store>) {
    for (name, candidate) in [("a", 1), ("b", 1), ("c", 2)] {
        write(&store, put_link(link(name, candidate, 7))).await;
    }
    let one = BTreeSet::from(["addresses".to_owned()]);
    erase(&store, Erasure::fields(CandidateId::new(1), one)).await;
    for (name, erased) in [("a", true), ("b", true), ("c", false)] {
        let link = read_link(&store, name).await.expect("stored");
        assert_eq!(link.bodies_erased, erased, "{name}");
        assert!(!link.erased, "{name}");
        assert_eq!(link.version, 1 + u64::from(erased));
    }
    let mut late = link("a", 1, 7);
    late.version = 1;
    assert_eq!(apply(&store, put_link(late)).await, Applied::Conflict);
}

/// A kept body is erased with any field that bodies contain, of a person whom it names directly or
/// through a pushed application.
pub(super) async fn erasure_covers_kept_bodies(store: Arc<dyn Store>) {
    write(&store, put_link(link("a", 1, 7))).await;
    write(&store, put_link(link("b", 2, 8))).await;
    let named = |candidate, application| {
        let mut event = ApplicationEvent::new(ApplicationId::new(application));
        event.candidate = candidate;
        Event::Rejected(event)
    };
    let deleted = Event::CandidateDeleted {
        candidate: CandidateId::new(3),
        applications: vec![ApplicationId::new(6), ApplicationId::new(7)],
    };
    let events = [
        (Some(named(Some(CandidateId::new(1)), 9)), true),
        (Some(named(None, 7)), true),
        (Some(deleted), true),
        (Some(named(Some(CandidateId::new(2)), 8)), false),
        (Some(named(None, 9)), false),
        (None, false),
    ];
    for (number, (event, _)) in events.iter().enumerate() {
        let mut delivery = kept(delivery(&number.to_string(), 1, at(0)));
        delivery.event = event.clone();
        write(&store, seen(delivery)).await;
    }
    let theirs = seen(kept(delivery("theirs", 1, at(0))));
    let other = AccountId::new("other");
    assert_eq!(apply_to(&store, &other, theirs).await, Applied::Applied);
    let one = BTreeSet::from(["full_name".to_owned()]);
    erase(&store, Erasure::fields(CandidateId::new(1), one)).await;
    let left = events.iter().filter(|(_, goes)| !goes).count();
    assert_eq!(bodies(&store).await, left + 1);
}

/// The person with an e-mail address is erased under every candidate id in the person's invitations
/// and pushes.
pub(super) async fn erasure_by_address_covers_all_candidates(store: Arc<dyn Store>) {
    let mut without_a_candidate = invitation("a", 1);
    without_a_candidate.candidate = None;
    without_a_candidate.person.email = Some(" JANE@example.com".to_owned());
    let mut under_another_address = invitation("c", 2);
    under_another_address.person.email = Some("jane@home.example".to_owned());
    let mut other = invitation("d", 4);
    other.person.email = Some("joe@example.com".to_owned());
    let pushed = |name, email, candidate: Option<i64>| {
        let mut push = push(name, email, at(0));
        push.candidate = candidate.map(CandidateId::new);
        Write::Put(push)
    };
    let people = Changes {
        invitations: [
            without_a_candidate,
            invitation("b", 1),
            under_another_address,
            other,
        ]
        .map(Write::Put)
        .into(),
        pushes: vec![
            pushed("a", "jane@example.com", None),
            pushed("b", "jane@example.com", Some(2)),
            pushed("c", "jane@home.example", Some(1)),
            pushed("d", "joe@example.com", Some(4)),
        ],
        links: [("a", 1), ("b", 2), ("c", 3), ("d", 4)]
            .map(|(name, candidate)| Write::Put(link(name, candidate, candidate)))
            .into(),
        ..Changes::none()
    };
    write(&store, people).await;
    for (number, candidate) in [1, 2, 3, 4].into_iter().enumerate() {
        let mut delivery = kept(delivery(&number.to_string(), 1, at(0)));
        let event = ApplicationEvent::new(ApplicationId::new(candidate));
        delivery.event = Some(Event::Rejected(event));
        write(&store, seen(delivery)).await;
    }

    let jane = PersonKey::of_email(&account(), "jane@example.com");
    erase(&store, Erasure::everything_of(jane.clone())).await;
    for name in ["a", "b", "c"] {
        let kept = read_invitation(&store, name).await.expect("stored");
        assert_eq!(kept.person, InvitedPerson::default(), "{name}");
        assert!(kept.version > 1, "{name}");
        let kept = read_push(&store, name).await.expect("stored");
        assert_eq!(kept.person, None, "{name}");
        assert!(kept.version > 1, "{name}");
    }
    let pushes = store.pushes_of_person(&account(), &jane).await;
    assert_eq!(pushes.expect("the store reads"), []);
    for (name, erased) in [("a", true), ("b", true), ("c", false), ("d", false)] {
        let link = read_link(&store, name).await.expect("stored");
        assert_eq!(link.erased, erased, "{name}");
    }
    let kept = read_invitation(&store, "d").await.expect("stored");
    assert_eq!(kept.person.email.as_deref(), Some("joe@example.com"));
    assert_eq!(kept.version, 1);
    assert!(
        read_push(&store, "d")
            .await
            .expect("stored")
            .person
            .is_some()
    );
    assert_eq!(bodies(&store).await, 2);

    // A repeat, and an unknown address, erase nothing.
    erase(&store, Erasure::everything_of(jane)).await;
    let unknown = PersonKey::of_email(&account(), "unknown@example.com");
    erase(&store, Erasure::everything_of(unknown)).await;
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

/// Every person of the account and every kept body is erased. Other accounts are unchanged.
pub(super) async fn erasure_covers_everyone(store: Arc<dyn Store>) {
    store_person(&store, "a", 1).await;
    store_person(&store, "b", 2).await;
    let mut unreadable = kept(delivery("unreadable", 1, at(1)));
    unreadable.event = None;
    write(&store, seen(unreadable)).await;
    write(&store, seen(kept(delivery("read", 2, at(1))))).await;
    let theirs = Changes {
        invitations: vec![Write::Put(invitation("c", 3))],
        ..seen(kept(delivery("theirs", 3, at(1))))
    };
    let other = AccountId::new("other");
    assert_eq!(apply_to(&store, &other, theirs).await, Applied::Applied);
    erase(&store, Erasure::everyone()).await;
    for name in ["a", "b"] {
        let erased = read_invitation(&store, name).await.expect("stored");
        assert_eq!(erased.person, InvitedPerson::default());
        let push = read_push(&store, name).await.expect("stored");
        assert!(push.erased && push.person.is_none());
        let link = read_link(&store, name).await.expect("stored");
        assert!(link.erased && link.bodies_erased);
    }
    let mut expected = invitation("c", 3);
    expected.version = 1;
    let kept = store.invitation(&other, &expected.id).await;
    assert_eq!(kept.expect("the store reads"), Some(expected));
    assert_eq!(bodies(&store).await, 1, "all except the other account's");
}
