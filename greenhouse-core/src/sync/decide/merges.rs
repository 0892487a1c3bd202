//! Two candidates became one.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    Facts,
    ends::{find_successor, look_back},
    people::{erase_link, look_up},
};
use crate::{
    ApplicationId, CandidateId,
    store::{Changes, Link, LogStatus, Write},
    sync::{
        fates::{Chain, Followed, follow},
        state::entry,
    },
};

pub(super) fn merged(
    changes: &mut Changes,
    loser: CandidateId,
    winner: CandidateId,
    deleted: &[ApplicationId],
    known: &Facts,
) -> bool {
    // A link that is deleted already and is not the loser's may be far ahead of this merge, or not there yet: then it is
    // looked back at.
    let goes = |link: &Link| deleted.contains(&link.application);
    let moves = |link: &&Link| link.candidate == loser || (goes(link) && !link.state.deleted);
    let moving = known.links.iter().filter(moves);
    let mut losers: BTreeSet<_> = moving.map(|link| link.candidate).collect();
    let mut chain = Chain::of(known);
    // Whoever had an application that went with the loser's became the loser before.
    for candidate in &losers {
        chain.see(*candidate, loser);
    }
    chain.tell(loser, winner);
    // Whatever Greenhouse sent for the loser is the winner's, also without a push.
    losers.insert(loser);
    let followed: BTreeMap<_, _> = losers
        .into_iter()
        .map(|candidate| (candidate, follow(changes, candidate, &chain, known)))
        .collect();
    let mut concerned = false;
    for link in &known.links {
        let Some(followed) = followed.get(&link.candidate).filter(|_| moves(&link)) else {
            // Where what moves is erased, what it comes to goes with it.
            let is_reached = |one: &Followed| one.erased && one.end == link.candidate;
            if !link.erased && followed.values().any(is_reached) {
                concerned = true;
                erase_link(changes, link, known, ERASED_AROUND_MERGE);
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
        erased,
        is_deleted,
    } = *followed;
    let mut moved = link.clone();
    moved.candidate = end;
    moved.merged = true;
    moved.erased |= erased;
    moved.state.deleted |= goes;
    let mut text = format!("The candidate was merged in Greenhouse into candidate {winner}");
    if end != winner {
        text += &format!(", who was merged into candidate {end} before this was told");
    }
    text += "; the link follows.";
    changes
        .log
        .push(entry(link, known.now, LogStatus::Done, text));
    if erased && !link.erased {
        let text = ERASED_AROUND_MERGE.to_owned();
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
        look_back(changes, link, known.now);
    }
    changes.links.push(Write::Put(moved));
}

/// Where an anonymization and a merge were told so near to each other that either may have been first.
pub(in crate::sync) const ERASED_AROUND_MERGE: &str = "The candidate was anonymized in Greenhouse, and nobody can tell whether before or after the merge; the stored personal \
     data is erased.";
