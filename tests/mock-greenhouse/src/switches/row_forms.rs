//! Switches of the forms of rows.

use serde::{Deserialize, Serialize};

use crate::switches::switch;

switch!(
    /// Answer to `PATCH /v3/candidates/{id}`.
    UpdatedCandidate {
        /// The candidate's row.
        Flat,
        /// `{"candidate": row}`.
        Wrapped,
    }
);

switch!(
    /// Null ids and ratings in rows of scorecards.
    ScorecardNulls {
        /// Rows show what is stored; the official schema has no null in them.
        Absent,
        /// Rows of drafts show null in ids, rating and times (inferred).
        InDrafts,
    }
);

switch!(
    /// Members of rows that were seen in another form than the official description gives.
    RowForm {
        /// As described.
        Described,
        /// As seen by clients: null in `sort_order`, `answers[].answer` and `emails` of users, an
        /// array in `email_attachment_file_names`, and a further member in each custom field.
        Seen,
    }
);
