//! Lists whose rows are checked against the filter.
//!
//! Filters are documented as exact, but this is not proven, and a list that changes while its pages
//! are read can contain a row twice.

use std::collections::BTreeSet;

use serde::de::DeserializeOwned;

use crate::{Error, List};

/// Row with an id.
pub(crate) trait Identified {
    type Id: Ord;

    fn id(&self) -> Self::Id;
}

/// Reads a list and returns the rows that match its filter, without duplicate ids.
///
/// If a row does not match, the list is read a second time, because a matching row may be missing.
pub(crate) async fn matching<T>(
    list: impl Fn() -> List<T>,
    answers: impl Fn(&T) -> bool,
) -> Result<Vec<T>, Error>
where
    T: Identified + DeserializeOwned + Send + 'static,
{
    let rows = list().all().await?;
    let rows = match rows.iter().all(&answers) {
        true => rows,
        false => list().all().await?,
    };
    Ok(checked(rows, answers))
}

/// Returns the rows that match the filter, without duplicate ids.
pub(crate) fn checked<T: Identified>(rows: Vec<T>, answers: impl Fn(&T) -> bool) -> Vec<T> {
    let mut seen = BTreeSet::new();
    rows.into_iter()
        .filter(|row| answers(row) && seen.insert(row.id()))
        .collect()
}

/// Returns `true` if the row's value equals the filter's value or is absent. Any member of a row
/// may be absent (official description).
pub(crate) fn agrees<V: PartialEq>(shown: Option<V>, asked: V) -> bool {
    shown.is_none_or(|shown| shown == asked)
}

#[cfg(test)]
mod tests {
    use serde_json::{from_value, json};

    use super::*;
    use crate::api::Application;

    #[test]
    fn each_id_counts_once_and_only_rows_that_agree() {
        let rows: Vec<Application> = from_value(json!([
            {"id": 3, "job_id": 1}, {"id": 2, "job_id": 2}, {"id": 1}, {"id": 3, "job_id": 1},
        ]))
        .unwrap();
        let rows = checked(rows, |row| agrees(row.job_id, 1.into()));
        let ids: Vec<i64> = rows.iter().map(|row| row.id.value()).collect();
        assert_eq!(ids, [3, 1]);
    }
}
