//! Switches for the forms of rows.

use serde::{Deserialize, Serialize};

use crate::switches::switch;

switch!(
    /// Response to `PATCH /v3/candidates/{id}`.
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
        /// Rows contain the stored values. The official schema permits no null in these members.
        Absent,
        /// Rows of drafts contain null ids, ratings and times (inferred).
        InDrafts,
    }
);

switch!(
    /// Row members that were observed in a different form than in the official description.
    RowForm {
        /// Members have the form in the official description.
        Described,
        /// Members have the form that clients observed: null in `sort_order`, `answers[].answer`
        /// and `emails` of users, an array in `email_attachment_file_names`, and a further member
        /// in each custom field.
        Seen,
    }
);
