pub(crate) mod claim;

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use greenhouse_core::{
    AccountId,
    store::{Backlog, ParkedTask, StoreError, TaskId, TaskKind},
};

use crate::{
    SqlxStore,
    rows::{micros, read_json, read_micros},
    session::{both, statements},
};

impl SqlxStore {
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
        let values = |kind: TaskKind| vec![account.as_str().into(), kind.as_str().into()];
        let kinds: Vec<_> = distinct(kinds)
            .map(|kind| (WAITING, values(kind)))
            .collect();
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
        max: usize,
    ) -> Result<BTreeMap<TaskKind, Backlog>, StoreError> {
        let max = i64::try_from(max).unwrap_or(i64::MAX);
        let mut overdue = BTreeMap::new();
        for kind in distinct(kinds) {
            let of_kind = [kind.as_str().into(), micros(now).into(), max.into()];
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

statements! {
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
