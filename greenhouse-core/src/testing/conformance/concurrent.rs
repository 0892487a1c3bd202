use std::{collections::BTreeSet, sync::Arc};

use super::fixtures::{
    Running, account, apply, assessment, at, backlog, claim, claim_one, due, entry, invitation,
    link, logged, notify, page, push, read_invitation, read_link, read_push, together, write,
};
use crate::{
    CandidateId,
    store::{
        Applied, Changes, Erasure, Link, LogFilter, LogKey, PersonKey, Settlement, Store, TaskKind,
        Write,
    },
};

/// Hosts write the same records at the same time in different orders. One change set is applied
/// whole, and the others conflict.
pub(super) async fn overlapping_changes_are_applied_once(store: Arc<dyn Store>) {
    for round in 0..5 {
        let decisions = (1..=6).map(|candidate| {
            let mut links: Vec<Write<Link>> = ["a", "b", "c"]
                .map(|name| {
                    let mut link = link(name, candidate, 7);
                    link.version = round;
                    Write::Put(link)
                })
                .into();
            if candidate % 2 == 0 {
                links.reverse();
            }
            let changes = Changes {
                links,
                log: logged([entry("moved")]).log,
                ..due([(notify("i"), at(0))])
            };
            apply(&store, changes)
        });
        let answers = together(decisions).await;
        let conflicts = answers.iter().filter(|one| **one == Applied::Conflict);
        assert_eq!(conflicts.count(), 5, "{answers:?}");
        let mut winners = BTreeSet::new();
        for name in ["a", "b", "c"] {
            let link = read_link(&store, name).await.expect("the link is stored");
            assert_eq!(link.version, round + 1);
            winners.insert(link.candidate);
        }
        assert_eq!(winners.len(), 1, "one decision wrote all of them");
        assert_eq!(backlog(&store).await, round + 1);
        let entries = page(&store, &LogFilter::newest(99)).await.entries;
        assert_eq!(entries.len() as u64, round + 1);
    }
}

/// Entries of all hosts are stored, each with its own id.
pub(super) async fn concurrent_entries_are_all_stored(store: Arc<dyn Store>) {
    let names: Vec<String> = (0..12).map(|number| number.to_string()).collect();
    let writes = names
        .chunks(2)
        .map(|pair| apply(&store, logged(pair.iter().map(|name| entry(name)))));
    let answers = together(writes).await;
    assert!(answers.iter().all(|answer| *answer == Applied::Applied));
    let entries = page(&store, &LogFilter::newest(99)).await.entries;
    assert!(entries.is_sorted_by(|newer, older| newer.id > older.id));
    let mut texts: Vec<String> = entries
        .into_iter()
        .map(|logged| logged.entry.text)
        .collect();
    texts.sort_by_key(|text| text.parse::<u32>().ok());
    assert_eq!(texts, names);
}

/// Concurrent updates of one entry leave one entry.
pub(super) async fn concurrent_writes_of_a_keyed_entry_keep_one(store: Arc<dyn Store>) {
    let key = LogKey::push(&assessment("a"));
    let writes = (0..6).map(|_| apply(&store, logged([entry("done").keyed(key.clone())])));
    let answers = together(writes).await;
    assert!(answers.iter().all(|answer| *answer == Applied::Applied));
    let entries = page(&store, &LogFilter::newest(99)).await.entries;
    assert_eq!(entries.len(), 1);
}

/// Two concurrent settlements of one claim have one effect.
pub(super) async fn concurrent_settlements_have_one_effect(store: Arc<dyn Store>) {
    write(&store, due([(notify("a"), at(0))])).await;
    let claimed = claim_one(&store, at(0)).await;
    let answers = together((0..6).map(|_| {
        let changes = Changes {
            settled: Some(claimed.settle(Settlement::Done)),
            log: logged([entry("settled")]).log,
            ..Changes::none()
        };
        apply(&store, changes)
    }))
    .await;
    let late = answers.iter().filter(|one| **one == Applied::LeaseLost);
    assert_eq!(late.count(), 5, "{answers:?}");
    assert_eq!(page(&store, &LogFilter::newest(9)).await.entries.len(), 1);
    assert_eq!(backlog(&store).await, 0);
}

/// A settlement races with a claim after the lease. One of them wins.
pub(super) async fn late_settlement_races_with_a_claim(store: Arc<dyn Store>) {
    for round in 0..8 {
        write(&store, due([(notify("a"), at(0))])).await;
        let first = claim_one(&store, at(0)).await;
        let settle = async {
            let changes = Changes {
                settled: Some(first.settle(Settlement::Done)),
                ..Changes::none()
            };
            let settled = apply(&store, changes).await == Applied::Applied;
            (settled, Vec::new())
        };
        let take = async { (false, claim(&store, first.lease_until, 1).await) };
        let mut both: Vec<Running<'_, _>> = vec![Box::pin(settle), Box::pin(take)];
        if round % 2 == 0 {
            both.reverse();
        }
        let answers = together(both).await;
        let settled = answers.iter().any(|(settled, _)| *settled);
        let taken: Vec<_> = answers.into_iter().flat_map(|(_, taken)| taken).collect();
        assert_eq!(taken.len(), usize::from(!settled), "settled: {settled}");
        for second in taken {
            let changes = Changes {
                settled: Some(second.settle(Settlement::Done)),
                ..Changes::none()
            };
            write(&store, changes).await;
        }
        let next = store.next_due(&[TaskKind::Notify]).await;
        assert_eq!(next.expect("the store reads"), None);
    }
}

/// An erasure races with writes about the same person. The data is erased in any order, and no
/// write restores it.
pub(super) async fn erasure_races_with_writes(store: Arc<dyn Store>) {
    let mut pushed = push("a", "jane@example.com", at(0));
    pushed.candidate = Some(CandidateId::new(1));
    let person = Changes {
        invitations: vec![Write::Put(invitation("a", 1))],
        pushes: vec![Write::Put(pushed.clone())],
        ..Changes::none()
    };
    write(&store, person).await;
    let mut invited = invitation("a", 1);
    invited.version = 1;
    pushed.version = 1;
    let late = Changes {
        invitations: vec![Write::Put(invited)],
        ..Changes::none()
    };
    let later = Changes {
        pushes: vec![Write::Put(pushed)],
        ..Changes::none()
    };
    let erasure = Changes {
        erasures: vec![Erasure::everything(CandidateId::new(1))],
        ..Changes::none()
    };
    let writes = [late.clone(), erasure.clone(), later, late];
    let answers = together(writes.map(|changes| apply(&store, changes))).await;
    if answers[1] == Applied::Conflict {
        write(&store, erasure).await;
    }
    let kept = read_invitation(&store, "a").await.expect("stored");
    assert_eq!(kept.person.email, None, "{answers:?}");
    let kept = read_push(&store, "a").await.expect("stored");
    assert_eq!(kept.person, None, "{answers:?}");
    let person = PersonKey::of_email(&account(), "jane@example.com");
    let found = store.pushes_of_person(&account(), &person).await;
    assert_eq!(found.expect("the store reads"), []);
}
