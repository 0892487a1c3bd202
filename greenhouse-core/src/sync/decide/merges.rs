//! Merges of two candidates.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    Facts,
    ends::{find_successor, replay_ignored},
    people::look_up,
};
use crate::{
    ApplicationId, CandidateId,
    store::{Changes, Link, LogStatus, Write},
    sync::{
        apply::entry,
        histories::{Chain, Followed, follow},
    },
    texts::sync as texts,
};

pub(super) fn merged(
    changes: &mut Changes,
    loser: CandidateId,
    winner: CandidateId,
    deleted: &[ApplicationId],
    known: &Facts,
) -> bool {
    // A deleted link of another candidate may be ahead of this merge, or wait for an earlier one.
    // It stays, and events are replayed once it moves.
    let goes = |link: &Link| deleted.contains(&link.application);
    let moves = |link: &&Link| link.candidate == loser || (goes(link) && !link.state.deleted);
    let moving = known.links.iter().filter(moves);
    let mut losers: BTreeSet<_> = moving.map(|link| link.candidate).collect();
    let mut chain = Chain::of(known);
    // A candidate whose application is listed was merged into the loser before.
    for candidate in &losers {
        chain.add_seen(*candidate, loser);
    }
    chain.add_reported(loser, winner);
    // Invitations for the loser move to the winner even without a push.
    losers.insert(loser);
    let followed: BTreeMap<_, _> = losers
        .into_iter()
        .map(|candidate| (candidate, follow(changes, candidate, &chain, known)))
        .collect();
    let mut concerned = false;
    for link in &known.links {
        let Some(followed) = followed.get(&link.candidate).filter(|_| moves(&link)) else {
            // If the moved data is erased, the data at its destination is erased with it.
            let reaching = followed.values().filter(|one| one.end == link.candidate);
            let mut erased = link.clone();
            let changed = reaching
                .filter_map(|one| one.erasure.as_ref())
                .filter(|erasure| !link.is_marked(erasure) && erased.erase(erasure))
                .count();
            if changed > 0 {
                concerned = true;
                let text = texts::anonymized_around_merge();
                changes
                    .log
                    .push(entry(link, known.now, LogStatus::Done, text));
                changes.links.push(Write::Put(erased));
            }
            continue;
        };
        concerned = true;
        move_link(changes, link, winner, goes(link), followed, known);
    }
    concerned
}

fn move_link(
    changes: &mut Changes,
    link: &Link,
    winner: CandidateId,
    goes: bool,
    followed: &Followed,
    known: &Facts,
) {
    let Followed {
        end,
        ref erasure,
        is_deleted,
    } = *followed;
    let mut moved = link.clone();
    moved.candidate = end;
    moved.merged = true;
    let erased = erasure.as_ref().is_some_and(|erasure| moved.erase(erasure));
    moved.state.deleted |= goes;
    let text = if end == winner {
        texts::candidate_merged(winner)
    } else {
        texts::candidate_merged_in_chain(winner, end)
    };
    changes
        .log
        .push(entry(link, known.now, LogStatus::Done, text));
    if erased {
        let text = texts::anonymized_around_merge();
        changes
            .log
            .push(entry(link, known.now, LogStatus::Done, text));
    }
    if moved.state.deleted {
        find_successor(changes, link, end, known);
    } else if is_deleted {
        look_up(changes, &moved, known);
    }
    if moved.candidate != link.candidate {
        replay_ignored(changes, link, known.now);
    }
    changes.links.push(Write::Put(moved));
}
