use crate::rows::tables::Table;
use crate::rows::tables::{id, table, text};

/// Tags, without a filter by name (official specification).
pub(super) const TAGS: Table = table!("candidate_tags", "Candidate tag", &[text("name")], &[]);

/// Tags of candidates (official specification).
pub(super) const APPLIED: Table = table!(
    "applied_candidate_tags",
    "Applied candidate tag",
    &[id("candidate_id"), id("candidate_tag_id")],
    &[
        ("candidate_ids", "candidate_id"),
        ("candidate_tag_ids", "candidate_tag_id"),
    ],
);
