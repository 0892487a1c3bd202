//! Pages and entries of the sync log.

pub(crate) mod dated;

use greenhouse_core::{
    AccountId,
    store::{LogFilter, LogId, LogKey, LogPage, LoggedEntry, StoreError},
};

use crate::{
    SqlxStore,
    rows::read_json,
    session::{Row, Value, both, each, statements},
};

impl SqlxStore {
    pub(crate) async fn log_page(
        &self,
        account: &AccountId,
        filter: &LogFilter,
    ) -> Result<LogPage, StoreError> {
        if filter.from.is_some() || filter.until.is_some() {
            return self.dated_log_page(account, filter).await;
        }
        let limit = filter.limit.clamp(1, LogFilter::MAX_LIMIT);
        let before = filter.before.map_or(i64::MAX, LogId::value);
        let direction = filter.direction.map(|direction| direction.as_str());
        let status = filter.status.map(|status| status.as_str());
        let assessment = filter.assessment.as_ref().map(|id| id.as_str());

        // One statement per set of filters, so that each always uses its own index.
        let (statement, words) = match (assessment, direction, status) {
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
        let one_more = one_more(limit);
        let mut values: Vec<Value<'_>> =
            vec![account.as_str().into(), before.into(), one_more.into()];
        values.extend(words.into_iter().map(Value::from));
        page_of(self.database.all(statement, &values).await?, limit)
    }

    pub(crate) async fn log_entry(
        &self,
        account: &AccountId,
        id: LogId,
    ) -> Result<Option<LoggedEntry>, StoreError> {
        let key = [account.as_str().into(), id.value().into()];
        let row = self.database.first(ENTRY, &key).await?;
        row.as_ref().map(logged).transpose()
    }

    pub(crate) async fn keyed_log_entry(
        &self,
        account: &AccountId,
        key: &LogKey,
    ) -> Result<Option<LoggedEntry>, StoreError> {
        let key = [account.as_str().into(), key.as_str().into()];
        let row = self.database.first(KEYED, &key).await?;
        row.as_ref().map(logged).transpose()
    }
}

/// Rows to read for a page. One extra row shows whether there is a next page.
fn one_more(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX).saturating_add(1)
}

fn page_of(mut rows: Vec<Row>, limit: usize) -> Result<LogPage, StoreError> {
    let more = rows.len() > limit;
    rows.truncate(limit);
    let entries = rows.iter().map(logged).collect::<Result<Vec<_>, _>>()?;
    let next = entries.last().map(|last| last.id).filter(|_| more);
    Ok(LogPage::new(entries, next))
}

fn logged(row: &Row) -> Result<LoggedEntry, StoreError> {
    Ok(LoggedEntry {
        id: LogId::new(row.number(0)?),
        entry: read_json("sync_log", &row.text(1)?)?,
    })
}

macro_rules! page {
    ($filters:literal) => {
        both(concat!(
            "SELECT id, record FROM sync_log WHERE account = $1 AND id < $2",
            $filters,
            " ORDER BY id DESC LIMIT $3"
        ))
    };
}

// Without `INDEXED BY`, SQLite can use the index of the direction or of the status, and read the
// entries of all assessments.
macro_rules! page_of_assessment {
    ($filters:literal) => {
        each(
            concat!(
                "SELECT id, record FROM sync_log INDEXED BY sync_log_by_assessment",
                " WHERE account = $1 AND id < $2",
                $filters,
                " ORDER BY id DESC LIMIT $3"
            ),
            concat!(
                "SELECT id, record FROM sync_log WHERE account = $1 AND id < $2",
                $filters,
                " ORDER BY id DESC LIMIT $3"
            ),
        )
    };
}
use page_of_assessment;

statements! {
    ALL = page!("");
    DIRECTION = page!(" AND direction = $4");
    STATUS = page!(" AND status = $4");
    BOTH = page!(" AND direction = $4 AND status = $5");
    OF_ASSESSMENT = page_of_assessment!(" AND assessment = $4");
    OF_ASSESSMENT_DIRECTION = page_of_assessment!(" AND assessment = $4 AND direction = $5");
    OF_ASSESSMENT_STATUS = page_of_assessment!(" AND assessment = $4 AND status = $5");
    OF_ASSESSMENT_BOTH = page_of_assessment!(" AND assessment = $4 AND direction = $5 AND status = $6");
    KEYED = both("SELECT id, record FROM sync_log WHERE account = $1 AND entry_key = $2");
    ENTRY = both("SELECT id, record FROM sync_log WHERE account = $1 AND id = $2");
}
