use std::{collections::BTreeSet, time::Duration};

use chrono::{DateTime, Utc};
use greenhouse_core::{
    AccountId, later,
    store::{Claim, ClaimedTask, StoreError, TaskId, TaskKind},
};

use super::{TABLE, distinct, panics};
use crate::{
    SqlxStore,
    error::{out_of_range, unavailable},
    rows::{micros, read_json, read_micros, write_json},
    session::{Row, Transaction, Value, both, each, statements},
};

impl SqlxStore {
    pub(crate) async fn claim_due(&self, claim: &Claim) -> Result<Vec<ClaimedTask>, StoreError> {
        let limit = claim.limit.min(MAX_ROWS);
        // Read first, so that an idle host does not take the write lock.
        let candidates = self.candidates(claim, limit).await?;
        if candidates.is_empty() {
            return Ok(Vec::new());
        }
        // Without a lease, an unreadable task would be claimed again in the next round.
        let lease_until = later(claim.now, claim.lease.max(MIN_LEASE));
        let mut transaction = self.database.begin().await?;
        let mut claimed = Vec::new();
        let mut unreadable = None;
        // Each round locks no more tasks than it can claim, so that other hosts can claim the
        // remaining tasks. If other hosts have locked the first candidates, the next round
        // continues after them. An unreadable task is also claimed, so that it moves back in the
        // queue and does not delay other tasks.
        let mut candidates = candidates.as_slice();
        for _ in 0..MAX_ROUNDS {
            let next = candidates.len().min(limit - claimed.len());
            let (batch, rest) = candidates.split_at(next);
            if batch.is_empty() {
                break;
            }
            candidates = rest;
            for row in claim_batch(&mut transaction, batch, claim, lease_until).await? {
                match row.into_claimed(lease_until) {
                    Ok(task) => claimed.push(task),
                    Err(error) => unreadable = Some(error),
                }
            }
        }
        transaction.commit().await.map_err(unavailable)?;
        match unreadable {
            Some(error) if claimed.is_empty() => Err(error),
            _ => Ok(claimed),
        }
    }

    /// Returns due tasks, longest overdue first: `limit` tasks and up to [`SPARE`] more, because
    /// other hosts can claim the first tasks.
    async fn candidates(&self, claim: &Claim, limit: usize) -> Result<Vec<Candidate>, StoreError> {
        if limit == 0 {
            return Ok(Vec::new());
        }
        let max = limit + SPARE;
        let rows = i64::try_from(max).unwrap_or(i64::MAX);
        let kinds: Vec<_> = distinct(&claim.kinds).collect();
        let first = kinds.iter().map(|kind| {
            let values: Vec<Value<'_>> =
                vec![kind.as_str().into(), micros(claim.now).into(), rows.into()];
            (FIRST, values)
        });
        let first: Vec<_> = first.collect();
        let first = self.database.all_of(&first).await?;
        let mut candidates = Vec::new();
        for (kind, rows) in kinds.into_iter().zip(first) {
            let others = of_others(claim, &rows)?;
            if others.len() < limit && rows.len() == max {
                // Tasks of skipped accounts fill the page.
                candidates.extend(self.candidates_by_account(claim, kind, limit).await?);
            } else {
                candidates.extend(others.into_iter().map(|(candidate, _)| candidate));
            }
        }
        candidates.sort_unstable();
        candidates.truncate(max);
        Ok(candidates)
    }

    /// Returns due tasks of one kind, searched account by account. A skipped account costs one
    /// step, regardless of its number of due tasks.
    async fn candidates_by_account(
        &self,
        claim: &Claim,
        kind: TaskKind,
        limit: usize,
    ) -> Result<BTreeSet<Candidate>, StoreError> {
        let (kind, now) = (kind.as_str(), micros(claim.now));
        let max = i64::try_from(limit).unwrap_or(i64::MAX);
        let rows = self.database.all(FIRST_OF_ACCOUNTS, &[kind.into()]).await?;
        let mut firsts = of_others(claim, &rows)?;
        firsts.retain(|(first, _)| first.claimable_at <= now);
        firsts.sort_unstable();
        let mut found: BTreeSet<_> = firsts.iter().map(|(first, _)| *first).collect();
        for (first, account) in &firsts {
            // The remaining tasks of this account and of later accounts are due later.
            if found
                .iter()
                .nth(limit - 1)
                .is_some_and(|last| last <= first)
            {
                break;
            }
            let values = [kind.into(), account.into(), now.into(), max.into()];
            let rows = self.database.all(OF_ACCOUNT, &values).await?;
            for row in &rows {
                found.insert(Candidate::read(row)?);
            }
        }
        Ok(found)
    }
}

/// A due task that can be claimed. Tasks are claimed in this type's order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Candidate {
    claimable_at: i64,
    id: i64,
}

impl Candidate {
    fn read(row: &Row) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.number(0)?,
            claimable_at: row.number(1)?,
        })
    }
}

/// Returns the tasks of accounts that the claim does not skip, each with its account.
fn of_others(claim: &Claim, rows: &[Row]) -> Result<Vec<(Candidate, String)>, StoreError> {
    let mut others = Vec::new();
    for row in rows {
        let account = row.text(2)?;
        if !claim.skip.iter().any(|skipped| skipped.as_str() == account) {
            others.push((Candidate::read(row)?, account));
        }
    }
    Ok(others)
}

/// Claims the candidates that are still due and not locked by another host.
async fn claim_batch(
    transaction: &mut Transaction,
    candidates: &[Candidate],
    claim: &Claim,
    lease_until: DateTime<Utc>,
) -> Result<Vec<DueRow>, StoreError> {
    let ids: Vec<i64> = candidates.iter().map(|candidate| candidate.id).collect();
    let ids = write_json(TABLE, &ids)?;
    let values = [(&ids).into(), micros(claim.now).into()];
    let rows = transaction.all(DUE, &values).await.map_err(unavailable)?;
    let rows = rows.iter().map(DueRow::read);
    let mut due = rows.collect::<Result<Vec<_>, _>>()?;
    due.sort_by_key(|row| (row.claimable_at, row.id));
    let ids: Vec<i64> = due.iter().map(|row| row.id).collect();
    let ids = write_json(TABLE, &ids)?;
    let values = [(&ids).into(), micros(lease_until).into()];
    let claimed = transaction.execute(CLAIM, &values).await;
    claimed.map_err(unavailable)?;
    Ok(due)
}

struct DueRow {
    id: i64,
    account: String,
    work: String,
    since: i64,
    claimable_at: i64,
    attempts: i64,
    generation: i64,
    panics: i64,
}

impl DueRow {
    fn read(row: &Row) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.number(0)?,
            account: row.text(1)?,
            work: row.text(2)?,
            since: row.number(3)?,
            claimable_at: row.number(4)?,
            attempts: row.number(5)?,
            generation: row.number(6)?,
            panics: row.number(7)?,
        })
    }

    fn into_claimed(self, lease_until: DateTime<Utc>) -> Result<ClaimedTask, StoreError> {
        let generation = self.generation.checked_add(1);
        let task = ClaimedTask::new(
            TaskId::new(self.id),
            AccountId::new(self.account),
            read_json(TABLE, &self.work)?,
            u32::try_from(self.attempts).unwrap_or(u32::MAX),
            generation
                .and_then(|generation| u64::try_from(generation).ok())
                .ok_or_else(|| out_of_range(TABLE))?,
            read_micros(TABLE, self.since)?,
            lease_until,
        );
        Ok(task.after_panics(panics(self.panics)))
    }
}

/// Maximum number of tasks in one call, which keeps transactions short. The next call claims
/// the remaining tasks.
const MAX_ROWS: usize = 1_000;
const MAX_ROUNDS: usize = 10;
/// Number of candidates beyond the limit. If more tasks than this belong to skipped accounts, the
/// search continues account by account.
const SPARE: usize = 64;
const MIN_LEASE: Duration = Duration::from_millis(1);

macro_rules! due {
    ($ids:literal, $lock:literal) => {
        concat!(
            "SELECT id, account, work, since, claimable_at, attempts, generation, panics FROM due_work",
            " WHERE id ",
            $ids,
            " AND claimable_at <= $2",
            $lock
        )
    };
}

macro_rules! claim {
    ($ids:literal) => {
        concat!(
            "UPDATE due_work SET claimed = 1, claimable_at = $2, attempts = attempts + 1,",
            " generation = generation + 1 WHERE id ",
            $ids
        )
    };
}

statements! {
    FIRST = both("SELECT id, claimable_at, account FROM due_work WHERE kind = $1 AND claimable_at <= $2 \
        ORDER BY claimable_at, id LIMIT $3");
    // Jumps from one account with tasks to the next, by the index.
    FIRST_OF_ACCOUNTS = both("WITH RECURSIVE waiting (name) AS (\
            SELECT (SELECT MIN(account) FROM due_work WHERE kind = $1) \
            UNION ALL SELECT (SELECT MIN(account) FROM due_work WHERE kind = $1 AND account > name) \
                FROM waiting WHERE name IS NOT NULL) \
        SELECT \
            (SELECT id FROM due_work WHERE kind = $1 AND account = name ORDER BY claimable_at, id LIMIT 1), \
            (SELECT MIN(claimable_at) FROM due_work WHERE kind = $1 AND account = name), \
            name FROM waiting WHERE name IS NOT NULL");
    OF_ACCOUNT = both("SELECT id, claimable_at FROM due_work \
        WHERE kind = $1 AND account = $2 AND claimable_at <= $3 ORDER BY claimable_at, id LIMIT $4");
    DUE = each(
        due!("IN (SELECT value FROM json_each($1))", ""),
        due!("= ANY (translate($1, '[]', '{}')::BIGINT[])", " FOR UPDATE SKIP LOCKED"),
    );
    CLAIM = each(
        claim!("IN (SELECT value FROM json_each($1))"),
        claim!("= ANY (translate($1, '[]', '{}')::BIGINT[])"),
    );
}
