use async_trait::async_trait;
use greenhouse_core::{
    AccountId,
    store::{LogFilter, LogId, LogPage, LoggedEntry, StoreError, SyncLog},
};

use crate::{SqlxStore, error::unavailable, rows::read_json};

#[async_trait]
impl SyncLog for SqlxStore {
    async fn log_page(
        &self,
        account: &AccountId,
        filter: &LogFilter,
    ) -> Result<LogPage, StoreError> {
        let limit = filter.limit.clamp(1, LogFilter::MAX_LIMIT);
        let before = filter.before.map_or(i64::MAX, LogId::value);
        let direction = filter.direction.map(|direction| direction.as_str());
        let status = filter.status.map(|status| status.as_str());
        let assessment = filter.assessment.as_ref().map(|id| id.as_str());

        // One statement per set of filters: each has the index that fits it, whatever a planner makes of it.
        let (query, words) = match (assessment, direction, status) {
            (Some(assessment), Some(direction), Some(status)) => {
                (OF_ASSESSMENT_BOTH, vec![assessment, direction, status])
            }
            (Some(assessment), Some(direction), None) => {
                (OF_ASSESSMENT_DIRECTION, vec![assessment, direction])
            }
            (Some(assessment), None, Some(status)) => {
                (OF_ASSESSMENT_STATUS, vec![assessment, status])
            }
            (Some(assessment), None, None) => (OF_ASSESSMENT, vec![assessment]),
            (None, Some(direction), Some(status)) => (BOTH, vec![direction, status]),
            (None, Some(direction), None) => (DIRECTION, vec![direction]),
            (None, None, Some(status)) => (STATUS, vec![status]),
            (None, None, None) => (ALL, Vec::new()),
        };
        // One more than asked for tells whether there is a next page.
        let mut rows = sqlx::query_as(query)
            .bind(account.as_str())
            .bind(before)
            .bind(i64::try_from(limit).unwrap_or(i64::MAX).saturating_add(1));
        for word in words {
            rows = rows.bind(word);
        }
        let mut rows: Vec<(i64, String)> =
            rows.fetch_all(&self.readers).await.map_err(unavailable)?;
        let more = rows.len() > limit;
        rows.truncate(limit);
        let entries = rows
            .into_iter()
            .map(logged)
            .collect::<Result<Vec<_>, _>>()?;
        let next = entries.last().map(|last| last.id).filter(|_| more);
        Ok(LogPage::new(entries, next))
    }

    async fn log_entry(
        &self,
        account: &AccountId,
        id: LogId,
    ) -> Result<Option<LoggedEntry>, StoreError> {
        let row: Option<(i64, String)> = sqlx::query_as(ENTRY)
            .bind(account.as_str())
            .bind(id.value())
            .fetch_optional(&self.readers)
            .await
            .map_err(unavailable)?;
        row.map(logged).transpose()
    }
}

fn logged((id, json): (i64, String)) -> Result<LoggedEntry, StoreError> {
    Ok(LoggedEntry {
        id: LogId::new(id),
        entry: read_json("sync_log", &json)?,
    })
}

macro_rules! page {
    ($filters:literal) => {
        concat!(
            "SELECT id, record FROM sync_log WHERE account = $1 AND id < $2",
            $filters,
            " ORDER BY id DESC LIMIT $3"
        )
    };
}

pub(crate) const ALL: &str = page!("");
pub(crate) const DIRECTION: &str = page!(" AND direction = $4");
pub(crate) const STATUS: &str = page!(" AND status = $4");
pub(crate) const BOTH: &str = page!(" AND direction = $4 AND status = $5");
pub(crate) const OF_ASSESSMENT: &str = page!(" AND assessment = $4");
pub(crate) const OF_ASSESSMENT_DIRECTION: &str = page!(" AND assessment = $4 AND direction = $5");
pub(crate) const OF_ASSESSMENT_STATUS: &str = page!(" AND assessment = $4 AND status = $5");
pub(crate) const OF_ASSESSMENT_BOTH: &str =
    page!(" AND assessment = $4 AND direction = $5 AND status = $6");
pub(crate) const ENTRY: &str = "SELECT id, record FROM sync_log WHERE account = $1 AND id = $2";
