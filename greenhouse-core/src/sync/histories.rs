//! Merges and anonymizations in any order of arrival.
//!
//! The data of two candidates cannot be told apart after a merge. If the order of an anonymization
//! and a merge is unknown or reversed, the data of both is erased.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};

use super::facts::{Facts, LATEST};
use crate::{
    ApplicationSnapshot, CandidateId,
    clock::earlier,
    store::{CandidateHistory, Changes, Erased, Erasure, Link, Merge, Write, union_of_fields},
    webhook::Event,
};

/// Candidates whose [histories](Facts::histories) a decision on the event needs. Empty unless the
/// event is about a person. `links` are the links to the applications that the event names.
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

/// Candidates whose [histories](Facts::histories) a decision on a reading needs. Empty unless the
/// application now belongs to another candidate than one of its `links`.
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

/// End of a chain of merges.
#[derive(Debug, Clone)]
pub(super) struct Followed {
    /// Candidate that now has all data of the loser.
    pub(super) end: CandidateId,
    /// Erasure of the moved data, if one of the candidates was anonymized.
    pub(super) erasure: Option<Erasure>,
    /// `true` if a later candidate of the chain was recently reported as deleted.
    pub(super) is_deleted: bool,
}

/// Follows a merge that a reading shows. The loser became the winner directly or through other
/// candidates.
pub(super) fn follow_seen(
    changes: &mut Changes,
    loser: CandidateId,
    winner: CandidateId,
    known: &Facts,
) -> Followed {
    let mut chain = Chain::of(known);
    let last = chain.end(loser);
    chain.add_seen(loser, winner);
    let followed = follow(changes, loser, &chain, known);
    if last != loser && last != followed.end {
        changes.merges.push(Merge {
            loser: last,
            winner: followed.end,
        });
    }
    followed
}

/// Moves all data of the loser to the end of the chain and records the merge. Erases the data if a
/// later candidate of the chain was anonymized, or if the loser was anonymized and one of its links
/// is not marked as erased.
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
        note(changes, known, *from, |history| {
            history.merged_into = Some(*to);
        });
    }
    let mut anonymized = chain.from(loser);
    let erasure_of = |candidates: &[CandidateId]| {
        let fields = recently_anonymized(known, candidates)?;
        let person = Erased::Candidate(end);
        Some(Erasure { person, fields })
    };
    let is_marked = |link: &Link| {
        let erasure = erasure_of(&[loser]);
        link.candidate != loser || erasure.is_none_or(|erasure| link.is_marked(&erasure))
    };
    if known.links.iter().all(is_marked) {
        anonymized.retain(|candidate| *candidate != loser);
    }
    let erasure = erasure_of(&anonymized);
    changes.erasures.extend(erasure.clone());
    let is_deleted = known.histories.iter().any(|history| {
        let is_later = history.candidate != loser && chain.from(loser).contains(&history.candidate);
        is_later
            && history
                .deleted_at
                .is_some_and(|at| at >= recent_since(known))
    });
    Followed {
        end,
        erasure,
        is_deleted,
    }
}

/// Fields of these candidates that were erased so recently that the anonymization may have followed
/// the merge. `None` if there was no such anonymization, and `Some(None)` if all fields were
/// erased.
fn recently_anonymized(
    known: &Facts,
    candidates: &[CandidateId],
) -> Option<Option<BTreeSet<String>>> {
    let histories = known.histories.iter();
    let anonymized = histories
        .filter(|history| candidates.contains(&history.candidate))
        .filter_map(|history| history.anonymized.as_ref());
    let anonymized = anonymized.filter(|anonymized| anonymized.reported_at >= recent_since(known));
    union_of_fields(anonymized.map(|anonymized| anonymized.fields.clone()))
}

/// Earliest arrival time of an event that may have happened after the current one.
fn recent_since(known: &Facts) -> DateTime<Utc> {
    earlier(known.now, LATEST)
}

/// Changes one history. Also writes all other histories that were read, without changing them, so
/// that a concurrent change to one of them is a conflict.
pub(super) fn note(
    changes: &mut Changes,
    known: &Facts,
    candidate: CandidateId,
    add: impl FnOnce(&mut CandidateHistory),
) {
    for history in &known.histories {
        written(changes, history.clone(), known.now);
    }
    let new = CandidateHistory::new(candidate, known.now);
    add(written(changes, new, known.now));
}

/// Returns the history that these changes already write, or adds this one.
fn written(
    changes: &mut Changes,
    history: CandidateHistory,
    now: DateTime<Utc>,
) -> &mut CandidateHistory {
    let is_same = |write: &Write<CandidateHistory>| {
        let (Write::Put(known) | Write::Remove(known)) = write;
        known.candidate == history.candidate
    };
    let at = changes
        .histories
        .iter()
        .position(is_same)
        .unwrap_or_else(|| {
            changes.histories.push(Write::Put(history));
            changes.histories.len() - 1
        });
    let (Write::Put(history) | Write::Remove(history)) = &mut changes.histories[at];
    history.noted_at = now;
    history
}

/// Merges, keyed by the loser.
pub(super) struct Chain(BTreeMap<CandidateId, CandidateId>);

impl Chain {
    pub(super) fn of(known: &Facts) -> Self {
        let histories = known.histories.iter();
        let merged =
            histories.filter_map(|history| Some((history.candidate, history.merged_into?)));
        Self(merged.collect())
    }

    /// Returns the candidate and, in order, those it was merged into. Follows a cycle once.
    pub(super) fn from(&self, candidate: CandidateId) -> Vec<CandidateId> {
        let mut became = vec![candidate];
        let mut last = candidate;
        while let Some(next) = self.0.get(&last).filter(|next| !became.contains(next)) {
            became.push(*next);
            last = *next;
        }
        became
    }

    /// Returns the last known candidate of the chain. A cycle ends after its first step.
    pub(super) fn end(&self, candidate: CandidateId) -> CandidateId {
        let last = self.from(candidate).last().copied();
        let last = last.filter(|last| !self.0.contains_key(last));
        let next = || self.0.get(&candidate).copied();
        last.or_else(next).unwrap_or(candidate)
    }

    /// Adds a merge that an event reported: the loser became the winner directly.
    pub(super) fn add_reported(&mut self, loser: CandidateId, winner: CandidateId) {
        let seen = self.0.insert(loser, winner);
        let Some(seen) = seen.filter(|seen| *seen != winner) else {
            return;
        };
        // A different winner that a reading showed comes later in the chain, unless it is known to
        // come earlier.
        if self.from(seen).contains(&winner) {
            self.0.insert(loser, seen);
        } else {
            self.add_seen(winner, seen);
        }
    }

    /// Adds a merge that a reading shows, direct or not. If it contradicts a known merge, it is
    /// older and ignored.
    pub(super) fn add_seen(&mut self, candidate: CandidateId, became: CandidateId) {
        let is_known = self.from(candidate).contains(&became);
        if !is_known && !self.from(became).contains(&candidate) {
            self.0.insert(self.end(candidate), became);
        }
    }
}
