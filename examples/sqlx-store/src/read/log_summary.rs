//! Counts of the sync log. Triggers on the log keep them in `sync_log_days`.

use std::{collections::BTreeMap, ops::RangeInclusive};

use chrono::{Datelike, NaiveDate};
use greenhouse_core::{
    AccountId,
    store::{Direction, LogGroup, LogStatus, LogSubject, LogSummary, OpenOperations, StoreError},
};

use crate::{
    SqlxStore,
    error::out_of_range,
    rows::read_micros,
    session::{Row, both, statements},
};

impl SqlxStore {
    pub(crate) async fn log_summary(
        &self,
        account: &AccountId,
        days: RangeInclusive<NaiveDate>,
    ) -> Result<LogSummary, StoreError> {
        let account = || account.as_str().into();
        let days = vec![
            account(),
            day_number(*days.start()).into(),
            day_number(*days.end()).into(),
        ];
        let statements = [
            (COUNTS, days),
            (OPEN, vec![account()]),
            (OLDEST, vec![account()]),
        ];
        let mut results = self.database.all_of(&statements).await?.into_iter();
        let mut next = || results.next().unwrap_or_default();
        let counts = next()
            .iter()
            .map(count)
            .collect::<Result<BTreeMap<_, _>, _>>()?;
        let mut open = OpenOperations::default();
        for row in next() {
            match status(&row.text(0)?)? {
                LogStatus::Failed => open.failed = number(&row, 1)?,
                _ => open.pending = number(&row, 1)?,
            }
        }
        open.oldest = next()
            .first()
            .map(|row| read_micros(TABLE, row.number(0)?))
            .transpose()?;
        Ok(LogSummary::new(counts, open))
    }
}

fn count(row: &Row) -> Result<(LogGroup, u64), StoreError> {
    let day = i32::try_from(row.number(0)?).ok();
    let day = day.and_then(|day| day.checked_add(EPOCH));
    let day = day.and_then(NaiveDate::from_num_days_from_ce_opt);
    let group = LogGroup::new(
        day.ok_or_else(unreadable)?,
        Direction::from_word(&row.text(1)?).ok_or_else(unreadable)?,
        status(&row.text(2)?)?,
        LogSubject::from_word(&row.text(3)?).ok_or_else(unreadable)?,
    );
    Ok((group, number(row, 4)?))
}

fn status(word: &str) -> Result<LogStatus, StoreError> {
    LogStatus::from_word(word).ok_or_else(unreadable)
}

fn number(row: &Row, column: usize) -> Result<u64, StoreError> {
    u64::try_from(row.number(column)?).map_err(|_| unreadable())
}

fn unreadable() -> StoreError {
    out_of_range(TABLE)
}

/// Returns the days since 1970.
fn day_number(day: NaiveDate) -> i64 {
    i64::from(day.num_days_from_ce()) - i64::from(EPOCH)
}

// The conditions on the subject and the status are those of the partial indexes.
statements! {
    COUNTS = both("SELECT day, direction, status, subject, CAST(SUM(entries) AS BIGINT) \
        FROM sync_log_days WHERE account = $1 AND day >= $2 AND day <= $3 \
        GROUP BY day, direction, status, subject HAVING SUM(entries) <> 0");
    OPEN = both("SELECT status, CAST(SUM(entries) AS BIGINT) FROM sync_log_days \
        WHERE account = $1 AND subject IN ('push', 'notice', 'task') \
        AND status IN ('pending', 'failed') GROUP BY status");
    OLDEST = both("SELECT happened_at FROM sync_log WHERE account = $1 \
        AND subject IN ('push', 'notice', 'task') AND status IN ('pending', 'failed') \
        ORDER BY happened_at LIMIT 1");
}

const TABLE: &str = "sync_log_days";
/// 1 January 1970, in days as chrono counts them.
const EPOCH: i32 = 719_163;
