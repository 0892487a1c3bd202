use std::{collections::BTreeMap, time::Duration};

use chrono::{DateTime, Utc};
use greenhouse_core::{
    AccountId, later,
    store::{Backlog, Claim, ClaimedTask, ParkedTask, StoreError, TaskId, TaskKind},
};

use crate::{
    SqlxStore,
    error::{out_of_range, unavailable},
    rows::{micros, read_json, read_micros, write_json},
    session::{Row, Transaction, Value, both, each, statements},
};

impl SqlxStore {
    pub(crate) async fn claim_due(&self, claim: &Claim) -> Result<Vec<ClaimedTask>, StoreError> {
        // The write lock is taken only where a reader sees work: an idle host must not slow down a busy one.
        let next = self.next_due(&claim.kinds).await?;
        if next.is_none_or(|next| next > claim.now) || claim.limit == 0 {
            return Ok(Vec::new());
        }
        let limit = claim.limit.min(MAX_ROWS);
        // Without one, what this version cannot read would come again in the next turn.
        let lease_until = later(claim.now, claim.lease.max(MIN_LEASE));
        let mut transaction = self.database.begin().await?;
        let mut claimed = Vec::new();
        let mut unreadable = None;
        // A row that this version cannot read is claimed like any other, so that it moves back and keeps nobody waiting. Where
        // there are many, the next calls go on.
        for _ in 0..MAX_TURNS {
            let rows = due(&mut transaction, claim, limit).await?;
            if rows.is_empty() {
                break;
            }
            let ids: Vec<i64> = rows.iter().map(|row| row.id).collect();
            let ids = write_json(TABLE, &ids)?;
            transaction
                .execute(CLAIM, &[(&ids).into(), micros(lease_until).into()])
                .await
                .map_err(unavailable)?;
            for row in rows {
                match row.claimed(lease_until) {
                    Ok(work) => claimed.push(work),
                    Err(error) => unreadable = Some(error),
                }
            }
            if !claimed.is_empty() {
                break;
            }
        }
        transaction.commit().await.map_err(unavailable)?;
        match unreadable {
            Some(error) if claimed.is_empty() => Err(error),
            _ => Ok(claimed),
        }
    }

    pub(crate) async fn next_due(
        &self,
        kinds: &[TaskKind],
    ) -> Result<Option<DateTime<Utc>>, StoreError> {
        let kinds = distinct(kinds).map(|kind| (NEXT, vec![kind.as_str().into()]));
        let kinds: Vec<_> = kinds.collect();
        let mut next: Option<i64> = None;
        for row in self.database.all_of(&kinds).await?.into_iter().flatten() {
            next = next.into_iter().chain([row.number(0)?]).min();
        }
        next.map(|at| read_micros(TABLE, at)).transpose()
    }

    pub(crate) async fn backlog(
        &self,
        account: &AccountId,
        kinds: &[TaskKind],
    ) -> Result<Backlog, StoreError> {
        let own = |kind: TaskKind| vec![account.as_str().into(), kind.as_str().into()];
        let kinds: Vec<_> = distinct(kinds).map(|kind| (WAITING, own(kind))).collect();
        let (mut count, mut parked) = (0_u64, 0_u64);
        let mut oldest: Option<i64> = None;
        for row in self.database.all_of(&kinds).await?.into_iter().flatten() {
            count = count.saturating_add(unsigned(row.number(0)?));
            oldest = oldest.into_iter().chain(row.optional_number(1)?).min();
            parked = parked.saturating_add(unsigned(row.number(2)?));
        }
        let oldest = oldest.map(|at| read_micros(TABLE, at)).transpose()?;
        Ok(Backlog::new(count, oldest).with_parked(parked))
    }

    pub(crate) async fn overdue(
        &self,
        kinds: &[TaskKind],
        now: DateTime<Utc>,
        most: usize,
    ) -> Result<BTreeMap<TaskKind, Backlog>, StoreError> {
        let most = i64::try_from(most).unwrap_or(i64::MAX);
        let mut overdue = BTreeMap::new();
        for kind in distinct(kinds) {
            let of_kind = [kind.as_str().into(), micros(now).into(), most.into()];
            let Some(row) = self.database.first(OVERDUE, &of_kind).await? else {
                continue;
            };
            let oldest = row.optional_number(1)?;
            let oldest = oldest.map(|at| read_micros(TABLE, at)).transpose()?;
            let backlog = Backlog::new(unsigned(row.number(0)?), oldest);
            let backlog = backlog.with_parked(unsigned(row.number(2)?));
            if backlog != Backlog::default() {
                overdue.insert(kind, backlog);
            }
        }
        Ok(overdue)
    }

    pub(crate) async fn parked(
        &self,
        account: &AccountId,
        limit: usize,
    ) -> Result<Vec<ParkedTask>, StoreError> {
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let values = [account.as_str().into(), limit.into()];
        let rows = self.database.all(PARKED, &values).await?;
        let parked = rows.iter().map(|row| {
            Ok(ParkedTask::new(
                TaskId::new(row.number(0)?),
                read_json(TABLE, &row.text(1)?)?,
                read_micros(TABLE, row.number(2)?)?,
                panics(row.number(3)?),
            ))
        });
        parked.collect()
    }
}

/// What can be claimed of these kinds, longest due first, and is nobody else's until the transaction ends.
async fn due(
    transaction: &mut Transaction,
    claim: &Claim,
    limit: usize,
) -> Result<Vec<DueRow>, StoreError> {
    let most = i64::try_from(limit).unwrap_or(i64::MAX);
    let skipped: Vec<&str> = claim.skip.iter().map(AccountId::as_str).collect();
    let skipped = write_json(TABLE, &skipped)?;
    let of_kind = |kind: TaskKind| {
        let mut values: Vec<Value<'_>> =
            vec![kind.as_str().into(), micros(claim.now).into(), most.into()];
        if claim.skip.is_empty() {
            return (DUE, values);
        }
        values.push((&skipped).into());
        (DUE_OF_OTHERS, values)
    };
    let kinds: Vec<_> = distinct(&claim.kinds).map(of_kind).collect();
    let rows = transaction.all_of(&kinds).await.map_err(unavailable)?;
    let rows = rows.iter().flatten().map(DueRow::read);
    let mut due = rows.collect::<Result<Vec<_>, _>>()?;
    due.sort_by_key(|row| (row.claimable_at, row.id));
    due.truncate(limit);
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

    fn claimed(self, lease_until: DateTime<Utc>) -> Result<ClaimedTask, StoreError> {
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

fn panics(column: i64) -> u32 {
    u32::try_from(column).unwrap_or(u32::MAX)
}

fn unsigned(count: i64) -> u64 {
    u64::try_from(count).unwrap_or_default()
}

fn distinct(kinds: &[TaskKind]) -> impl Iterator<Item = TaskKind> {
    let mut kinds = kinds.to_vec();
    kinds.sort_unstable();
    kinds.dedup();
    kinds.into_iter()
}

const TABLE: &str = "due_work";
/// A transaction is short: what is due beyond this is claimed by the next call.
const MAX_ROWS: usize = 1_000;
const MAX_TURNS: usize = 10;
const MIN_LEASE: Duration = Duration::from_millis(1);

macro_rules! due {
    ($lock:literal) => {
        due!("", $lock)
    };
    ($others:literal, $lock:literal) => {
        concat!(
            "SELECT id, account, work, since, claimable_at, attempts, generation, panics FROM due_work",
            " WHERE kind = $1 AND claimable_at <= $2",
            $others,
            " ORDER BY claimable_at, id LIMIT $3",
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
    DUE = each(due!(""), due!(" FOR UPDATE SKIP LOCKED"));
    DUE_OF_OTHERS = each(
        due!(" AND account NOT IN (SELECT value FROM json_each($4))", ""),
        due!(
            " AND account <> ALL (ARRAY (SELECT jsonb_array_elements_text($4::JSONB)))",
            " FOR UPDATE SKIP LOCKED"
        ),
    );
    CLAIM = each(
        claim!("IN (SELECT value FROM json_each($1))"),
        claim!("= ANY (translate($1, '[]', '{}')::BIGINT[])"),
    );
    NEXT = both("SELECT claimable_at FROM due_work WHERE kind = $1 AND parked = 0 \
        ORDER BY claimable_at, id LIMIT 1");
    WAITING = both(
        "SELECT COUNT(*) - COUNT(CASE WHEN parked = 1 THEN 1 END), MIN(CASE WHEN parked = 0 THEN since END), \
         COUNT(CASE WHEN parked = 1 THEN 1 END) FROM due_work WHERE account = $1 AND kind = $2",
    );
    PARKED = both(
        "SELECT id, work, since, panics FROM due_work WHERE account = $1 AND parked = 1 ORDER BY id LIMIT $2",
    );
    OVERDUE = both(
        "SELECT COUNT(*), MIN(since), (SELECT COUNT(*) FROM (SELECT id FROM due_work \
            WHERE kind = $1 AND claimable_at = 9223372036854775807 LIMIT $3) AS parked) \
         FROM (SELECT since FROM due_work WHERE kind = $1 AND parked = 0 ORDER BY claimable_at, id LIMIT $3) \
         AS next WHERE since <= $2",
    );
}
