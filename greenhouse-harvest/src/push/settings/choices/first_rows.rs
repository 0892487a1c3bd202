//! The first rows of a list.

use serde::de::DeserializeOwned;

use crate::{
    Error, List,
    lookup::{Identified, checked},
};

/// Rows of a list.
pub(super) struct FirstRows<T> {
    pub(super) rows: Vec<T>,
    /// `true` if there are more rows.
    pub(super) truncated: bool,
}

/// Reads up to `max` rows that match the filter, without duplicates.
pub(super) async fn first_rows<T: Identified + DeserializeOwned + Send + 'static>(
    mut list: List<T>,
    asked: impl Fn(&T) -> bool,
    max: usize,
) -> Result<FirstRows<T>, Error> {
    let mut rows = Vec::new();
    while let Some(page) = list.next_page().await? {
        rows.extend(page);
        rows = checked(rows, &asked);
        if rows.len() > max {
            rows.truncate(max);
            return Ok(FirstRows {
                rows,
                truncated: true,
            });
        }
    }
    Ok(FirstRows {
        rows,
        truncated: false,
    })
}
