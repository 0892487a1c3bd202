use crate::rows::tables::Table;
use crate::rows::tables::{id, object, table, text};

/// Sources of applications (official specification).
pub(super) const SOURCES: Table = table!("sources", "Source", &[text("name"), object("type")], &[]);

/// People who refer candidates (official specification).
pub(super) const REFERRERS: Table = table!(
    "referrers",
    "Referrer",
    &[text("name"), id("user_id").or_null()],
    &[("user_ids", "user_id")],
);
