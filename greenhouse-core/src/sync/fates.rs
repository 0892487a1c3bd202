//! What became of people: merges and anonymizations come in any order, and what moved is to be found all the same.
//!
//! What two candidates left cannot be told apart once one was merged into the other. So where an anonymization and a merge come in
//! an order that is not theirs, or that nobody knows, everything of both goes.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};

use super::facts::{Facts, LATEST};
use crate::{
    ApplicationSnapshot, CandidateId,
    clock::earlier,
    store::{CandidateHistory, Changes, Erased, Erasure, Link, Merge, Write, together},
    webhook::Event,
};

/// Whose [fates](Facts::fates) must be known to decide on an event: those of nobody, but where it is about a person. `links`
/// are those to the applications that it names.
pub fn people_in(event: &Event, links: &[Link]) -> Vec<CandidateId> {
    match event {
        Event::CandidateMerged { loser, winner, .. } => {
            let had_listed = links.iter().map(|link| link.candidate);
            [*loser, *winner].into_iter().chain(had_listed).collect()
        }
        Event::CandidateAnonymized { candidate, .. }
        | Event::CandidateDeleted { candidate, .. } => {
            vec![*candidate]
        }
        _ => Vec::new(),
    }
}

/// Whose [fates](Facts::fates) must be known to decide on what a reader saw of the application of these links: those of
/// nobody, unless it is another's now.
pub fn people_seen(snapshot: Option<&ApplicationSnapshot>, links: &[Link]) -> Vec<CandidateId> {
    let Some(seen) = snapshot.and_then(|snapshot| snapshot.candidate) else {
        return Vec::new();
    };
    let elsewhere = links.iter().map(|link| link.candidate);
    let elsewhere: Vec<_> = elsewhere.filter(|candidate| *candidate != seen).collect();
    if elsewhere.is_empty() {
        return elsewhere;
    }
    [vec![seen], elsewhere].concat()
}

/// Where a merge ends.
#[derive(Debug, Clone, Copy)]
pub(super) struct Followed {
    /// Who has everything of the loser now.
    pub(super) end: CandidateId,
    /// Whether it is erased, since one of them was anonymized.
    pub(super) erased: bool,
    /// Whether whoever they became was told to be deleted before this was told.
    pub(super) is_deleted: bool,
}

/// Follows a merge that shows in what was read: the winner is whom the loser became in the end.
pub(super) fn follow_seen(
    changes: &mut Changes,
    loser: CandidateId,
    winner: CandidateId,
    known: &Facts,
) -> Followed {
    let mut chain = Chain::of(known);
    let last = chain.end(loser);
    chain.see(loser, winner);
    let followed = follow(changes, loser, &chain, known);
    if last != loser && last != followed.end {
        changes.merges.push(Merge {
            loser: last,
            winner: followed.end,
        });
    }
    followed
}

/// Hands everything of the loser to whom the winner is now, and remembers the merge. What moves is erased where one of those
/// it comes to was anonymized, and where a link has not heard yet that the loser was.
pub(super) fn follow(
    changes: &mut Changes,
    loser: CandidateId,
    chain: &Chain,
    known: &Facts,
) -> Followed {
    let end = chain.end(loser);
    if end != loser {
        changes.merges.push(Merge { loser, winner: end });
    }
    for (from, to) in &chain.0 {
        note(changes, known, *from, |fate| fate.merged_into = Some(*to));
    }
    let mut anonymized = chain.from(loser);
    let unheard = |link: &Link| link.candidate == loser && !link.erased;
    if !known.links.iter().any(unheard) {
        anonymized.retain(|candidate| *candidate != loser);
    }
    let fields = lately_anonymized(known, &anonymized);
    let erased = fields.is_some();
    changes.erasures.extend(fields.map(|fields| Erasure {
        person: Erased::Candidate(end),
        fields,
    }));
    let is_deleted = known.fates.iter().any(|fate| {
        let came_to = fate.candidate != loser && chain.from(loser).contains(&fate.candidate);
        came_to && fate.deleted_at.is_some_and(|at| at >= lately(known))
    });
    Followed {
        end,
        erased,
        is_deleted,
    }
}

/// What was erased of these candidates so lately that it may have been after a merge that is told now.
fn lately_anonymized(
    known: &Facts,
    candidates: &[CandidateId],
) -> Option<Option<BTreeSet<String>>> {
    let fates = known.fates.iter();
    let anonymized = fates
        .filter(|fate| candidates.contains(&fate.candidate))
        .filter_map(|fate| fate.anonymized.as_ref());
    let anonymized = anonymized.filter(|anonymized| anonymized.told_at >= lately(known));
    together(anonymized.map(|anonymized| anonymized.fields.clone()))
}

/// Since when something was told that may have happened after what is told now.
fn lately(known: &Facts) -> DateTime<Utc> {
    earlier(known.now, LATEST)
}

/// Writes a fate, and with it every other one that was read as it is: what another decision adds to one of them meanwhile
/// makes this one a conflict.
pub(super) fn note(
    changes: &mut Changes,
    known: &Facts,
    candidate: CandidateId,
    add: impl FnOnce(&mut CandidateHistory),
) {
    for fate in &known.fates {
        written(changes, fate.clone(), known.now);
    }
    let new = CandidateHistory::new(candidate, known.now);
    add(written(changes, new, known.now));
}

/// The fate as these changes write it: the one they have already, or this one.
fn written(
    changes: &mut Changes,
    fate: CandidateHistory,
    now: DateTime<Utc>,
) -> &mut CandidateHistory {
    let is_same = |write: &Write<CandidateHistory>| {
        let (Write::Put(known) | Write::Remove(known)) = write;
        known.candidate == fate.candidate
    };
    let at = changes.fates.iter().position(is_same).unwrap_or_else(|| {
        changes.fates.push(Write::Put(fate));
        changes.fates.len() - 1
    });
    let (Write::Put(fate) | Write::Remove(fate)) = &mut changes.fates[at];
    fate.noted_at = now;
    fate
}

/// Who became whom.
pub(super) struct Chain(BTreeMap<CandidateId, CandidateId>);

impl Chain {
    pub(super) fn of(known: &Facts) -> Self {
        let fates = known.fates.iter();
        let merged = fates.filter_map(|fate| Some((fate.candidate, fate.merged_into?)));
        Self(merged.collect())
    }

    /// Whom a candidate became, one after the other, themselves first. A chain that comes back to itself is gone through once.
    pub(super) fn from(&self, candidate: CandidateId) -> Vec<CandidateId> {
        let mut became = vec![candidate];
        let mut last = candidate;
        while let Some(next) = self.0.get(&last).filter(|next| !became.contains(next)) {
            became.push(*next);
            last = *next;
        }
        became
    }

    /// Who a candidate is now, as far as was told. A chain that has no end ends after its first step.
    pub(super) fn end(&self, candidate: CandidateId) -> CandidateId {
        let last = self.from(candidate).last().copied();
        let last = last.filter(|last| !self.0.contains_key(last));
        let next = || self.0.get(&candidate).copied();
        last.or_else(next).unwrap_or(candidate)
    }

    /// Takes in a merge that was told: the winner is whom the loser became at once.
    pub(super) fn tell(&mut self, loser: CandidateId, winner: CandidateId) {
        let seen = self.0.insert(loser, winner);
        let Some(seen) = seen.filter(|seen| *seen != winner) else {
            return;
        };
        // Somebody else who was seen to have taken the loser's place came after the winner, unless it is known otherwise.
        if self.from(seen).contains(&winner) {
            self.0.insert(loser, seen);
        } else {
            self.see(winner, seen);
        }
    }

    /// Takes in what shows: the one became the other, at once or in the end. What contradicts what is known was seen before it.
    pub(super) fn see(&mut self, candidate: CandidateId, became: CandidateId) {
        let is_known = self.from(candidate).contains(&became);
        if !is_known && !self.from(became).contains(&candidate) {
            self.0.insert(self.end(candidate), became);
        }
    }
}
