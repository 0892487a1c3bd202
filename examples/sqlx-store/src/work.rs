use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use greenhouse_core::{
    AccountId, later,
    store::{ClaimedWork, StoreError, WorkId, WorkKind, WorkQueue},
};
use sqlx::{FromRow, SqliteConnection};

use crate::{
    SqlxStore,
    error::{out_of_range, unavailable},
    rows::{micros, read_json, read_micros},
};

#[async_trait]
impl WorkQueue for SqlxStore {
    async fn claim_due(
        &self,
        kinds: &[WorkKind],
        now: DateTime<Utc>,
        lease: Duration,
        limit: usize,
    ) -> Result<Vec<ClaimedWork>, StoreError> {
        // The write lock is taken only where a reader sees work: an idle host must not slow down a busy one.
        let idle = self.next_due(kinds).await?.is_none_or(|next| next > now);
        if idle || limit == 0 {
            return Ok(Vec::new());
        }
        let lease_until = later(now, lease);
        let mut transaction = self.begin().await?;
        let mut claimed = Vec::new();
        let mut unreadable = None;
        // A row that this version cannot read is claimed like any other, so that it moves back and keeps nobody waiting.
        while claimed.is_empty() {
            let rows = due(&mut transaction, kinds, now, limit).await?;
            if rows.is_empty() {
                break;
            }
            for row in rows {
                // The generation guards against a claim since the rows were read, where reading took no lock.
                let ours = sqlx::query(CLAIM)
                    .bind(row.id)
                    .bind(row.generation)
                    .bind(micros(lease_until))
                    .execute(&mut *transaction)
                    .await
                    .map_err(unavailable)?;
                if ours.rows_affected() == 1 {
                    match row.claimed(lease_until) {
                        Ok(work) => claimed.push(work),
                        Err(error) => unreadable = Some(error),
                    }
                }
            }
        }
        transaction.commit().await.map_err(unavailable)?;
        match unreadable {
            Some(error) if claimed.is_empty() => Err(error),
            _ => Ok(claimed),
        }
    }

    async fn next_due(&self, kinds: &[WorkKind]) -> Result<Option<DateTime<Utc>>, StoreError> {
        let mut next: Option<i64> = None;
        for kind in distinct(kinds) {
            let of_kind: Option<i64> = sqlx::query_scalar(NEXT)
                .bind(kind.as_str())
                .fetch_optional(&self.readers)
                .await
                .map_err(unavailable)?;
            next = next.into_iter().chain(of_kind).min();
        }
        next.map(|at| read_micros(TABLE, at)).transpose()
    }

    async fn backlog(&self, account: &AccountId, kinds: &[WorkKind]) -> Result<u64, StoreError> {
        let mut waiting = 0_u64;
        for kind in distinct(kinds) {
            let of_kind: i64 = sqlx::query_scalar(WAITING)
                .bind(account.as_str())
                .bind(kind.as_str())
                .fetch_one(&self.readers)
                .await
                .map_err(unavailable)?;
            waiting = waiting.saturating_add(u64::try_from(of_kind).unwrap_or_default());
        }
        Ok(waiting)
    }
}

/// What can be claimed of these kinds, longest due first.
async fn due(
    transaction: &mut SqliteConnection,
    kinds: &[WorkKind],
    now: DateTime<Utc>,
    limit: usize,
) -> Result<Vec<DueRow>, StoreError> {
    let mut due: Vec<DueRow> = Vec::new();
    for kind in distinct(kinds) {
        let rows: Vec<DueRow> = sqlx::query_as(DUE)
            .bind(kind.as_str())
            .bind(micros(now))
            .bind(i64::try_from(limit).unwrap_or(i64::MAX))
            .fetch_all(&mut *transaction)
            .await
            .map_err(unavailable)?;
        due.extend(rows);
    }
    due.sort_by_key(|row| (row.claimable_at, row.id));
    due.truncate(limit);
    Ok(due)
}

#[derive(FromRow)]
struct DueRow {
    id: i64,
    account: String,
    work: String,
    since: i64,
    claimable_at: i64,
    attempts: i64,
    generation: i64,
}

impl DueRow {
    fn claimed(self, lease_until: DateTime<Utc>) -> Result<ClaimedWork, StoreError> {
        let generation = self.generation.checked_add(1);
        Ok(ClaimedWork::new(
            WorkId::new(self.id),
            AccountId::new(self.account),
            read_json(TABLE, &self.work)?,
            u32::try_from(self.attempts).unwrap_or(u32::MAX),
            generation
                .and_then(|generation| u64::try_from(generation).ok())
                .ok_or_else(|| out_of_range(TABLE))?,
            read_micros(TABLE, self.since)?,
            lease_until,
        ))
    }
}

fn distinct(kinds: &[WorkKind]) -> impl Iterator<Item = WorkKind> {
    let mut kinds = kinds.to_vec();
    kinds.sort_unstable();
    kinds.dedup();
    kinds.into_iter()
}

pub(crate) const TABLE: &str = "due_work";
pub(crate) const DUE: &str = "SELECT id, account, work, since, claimable_at, attempts, generation FROM due_work \
    WHERE kind = $1 AND claimable_at <= $2 ORDER BY claimable_at, id LIMIT $3";
pub(crate) const CLAIM: &str = "UPDATE due_work SET claimed = 1, claimable_at = $3, \
    attempts = attempts + 1, generation = generation + 1 WHERE id = $1 AND generation = $2";
pub(crate) const NEXT: &str =
    "SELECT claimable_at FROM due_work WHERE kind = $1 ORDER BY claimable_at, id LIMIT 1";
pub(crate) const WAITING: &str = "SELECT COUNT(*) FROM due_work WHERE account = $1 AND kind = $2";
