//! Pages of the sync log with a range of times. The pages are ordered by id, which no index of
//! times provides. So the newest ids of each day, direction and status of the range are read, each from
//! one place of an index, and the page is made of the newest of them.

use greenhouse_core::{
    AccountId,
    store::{LogFilter, LogId, LogPage, LoggedEntry, StoreError},
};

use super::{logged, one_more, page_of, page_of_assessment};
use crate::{
    SqlxStore,
    rows::{micros, write_json},
    session::{Value, each, statements},
};

impl SqlxStore {
    /// Returns a page of a filter that has a start or an end.
    pub(super) async fn dated_log_page(
        &self,
        account: &AccountId,
        filter: &LogFilter,
    ) -> Result<LogPage, StoreError> {
        let limit = filter.limit.clamp(1, LogFilter::MAX_LIMIT);
        let from = filter.from.map_or(i64::MIN, micros);
        let until = filter.until.map_or(i64::MAX, micros);
        let mut values: Vec<Value<'_>> = vec![
            account.as_str().into(),
            filter.before.map_or(i64::MAX, LogId::value).into(),
            one_more(limit).into(),
            from.into(),
            until.into(),
        ];
        let direction = filter.direction.map(|direction| direction.as_str());
        let status = filter.status.map(|status| status.as_str());
        let words = direction.into_iter().chain(status).map(Value::from);

        if let Some(assessment) = &filter.assessment {
            values.push(assessment.as_str().into());
            values.extend(words);
            let statement = match (direction, status) {
                (Some(_), Some(_)) => OF_ASSESSMENT_BOTH,
                (Some(_), None) => OF_ASSESSMENT_DIRECTION,
                (None, Some(_)) => OF_ASSESSMENT_STATUS,
                (None, None) => OF_ASSESSMENT,
            };
            return page_of(self.database.all(statement, &values).await?, limit);
        }

        values.push((from / DAY).into());
        values.push((until.saturating_sub(1) / DAY).into());
        values.extend(words);
        let statement = match (direction, status) {
            (Some(_), Some(_)) => BOTH,
            (Some(_), None) => DIRECTION,
            (None, Some(_)) => STATUS,
            (None, None) => ALL,
        };
        let rows = self.database.all(statement, &values).await?;
        let ids: Result<Vec<_>, _> = rows.iter().map(|row| row.number(0)).collect();
        let mut ids = ids?;
        ids.sort_unstable_by(|a, b| b.cmp(a));
        let more = ids.len() > limit;
        ids.truncate(limit);
        let next = ids.last().map(|last| LogId::new(*last)).filter(|_| more);
        Ok(LogPage::new(
            self.entries(account, filter, &ids).await?,
            next,
        ))
    }

    /// Returns the entries with these ids, newest first. An entry can have left the range since its
    /// id was read.
    async fn entries(
        &self,
        account: &AccountId,
        filter: &LogFilter,
        ids: &[i64],
    ) -> Result<Vec<LoggedEntry>, StoreError> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let values = [
            account.as_str().into(),
            write_json("sync_log", &ids)?.into(),
        ];
        let rows = self.database.all(ENTRIES, &values).await?;
        let mut entries = rows.iter().map(logged).collect::<Result<Vec<_>, _>>()?;
        entries.retain(|logged| filter.matches(logged.id, &logged.entry));
        entries.sort_unstable_by_key(|logged| std::cmp::Reverse(logged.id));
        Ok(entries)
    }
}

macro_rules! groups {
    ($filters:literal) => {
        concat!(
            "(SELECT day, direction, status FROM sync_log_days",
            " WHERE account = $1 AND day >= $6 AND day <= $7",
            $filters,
            " GROUP BY day, direction, status) AS groups"
        )
    };
}

macro_rules! of_group {
    ($day:literal) => {
        concat!(
            "FROM sync_log WHERE account = $1 AND happened_at / 86400000000 = ",
            $day,
            " AND direction = groups.direction AND status = groups.status AND id < $2"
        )
    };
}

// The plus removes the column's affinity, with which SQLite does not use the index of an
// expression. PostgreSQL would sort all entries of the days if the limit and the times were not
// outside of the subquery, which `OFFSET 0` keeps apart.
macro_rules! ids {
    ($filters:literal) => {
        each(
            concat!(
                "SELECT page.value FROM ",
                groups!($filters),
                ", json_each((SELECT json_group_array(id) FROM (SELECT id ",
                of_group!("+groups.day"),
                " AND happened_at >= $4 AND happened_at < $5 ORDER BY id DESC LIMIT $3))) AS page"
            ),
            concat!(
                "SELECT page.id FROM ",
                groups!($filters),
                " CROSS JOIN LATERAL (SELECT id FROM (SELECT id, happened_at ",
                of_group!("groups.day"),
                " ORDER BY id DESC OFFSET 0) AS newest",
                " WHERE happened_at >= $4 AND happened_at < $5 ORDER BY id DESC LIMIT $3) AS page"
            ),
        )
    };
}

statements! {
    ALL = ids!("");
    // With an equality, SQLite would sort the groups.
    DIRECTION = ids!(" AND direction >= $8 AND direction <= $8");
    STATUS = ids!(" AND status = $8");
    BOTH = ids!(" AND direction = $8 AND status = $9");
    ENTRIES = each(
        "SELECT id, record FROM sync_log WHERE account = $1 AND id IN (SELECT value FROM json_each($2))",
        "SELECT id, record FROM sync_log WHERE account = $1 AND id = ANY (translate($2, '[]', '{}')::BIGINT[])",
    );
    OF_ASSESSMENT = page_of_assessment!(" AND happened_at >= $4 AND happened_at < $5 \
        AND assessment = $6");
    OF_ASSESSMENT_DIRECTION = page_of_assessment!(" AND happened_at >= $4 AND happened_at < $5 \
        AND assessment = $6 AND direction = $7");
    OF_ASSESSMENT_STATUS = page_of_assessment!(" AND happened_at >= $4 AND happened_at < $5 \
        AND assessment = $6 AND status = $7");
    OF_ASSESSMENT_BOTH = page_of_assessment!(" AND happened_at >= $4 AND happened_at < $5 \
        AND assessment = $6 AND direction = $7 AND status = $8");
}

/// Microseconds of a day.
const DAY: i64 = 86_400_000_000;
