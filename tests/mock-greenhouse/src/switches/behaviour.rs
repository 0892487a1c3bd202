//! Switches for look-ups, files, stages and lists.

use serde::{Deserialize, Serialize};

use crate::switches::switch;

switch!(
    /// Comparison by the filter `email` of `GET /v3/candidates`. Both comparisons ignore case.
    CandidateEmailFilter {
        /// The whole address (documented).
        Exact,
        /// Any part of an address, so that the response can contain another person.
        Contains,
    }
);

switch!(
    /// Visibility of an attachment that is created without one.
    AttachmentVisibility {
        /// `private` for offer documents, `public` for any other type (documented; the list of
        /// private types is inferred).
        ByType,
        /// `public`, so that interviewers see the file.
        Public,
        /// `private`, so that interviewers do not see the file.
        Private,
    }
);

switch!(
    /// Ways of entering a stage that trigger a stage transition rule.
    StageRules {
        /// Only moves within a job (documented).
        Moves,
        /// Every way, including a new application at the stage and a transfer from another job.
        Entries,
    }
);

switch!(
    /// Response of official lists that the mock does not model.
    UnmodelledLists {
        /// The response is 501.
        NotImplemented,
        /// The response is 200 with an empty list, for clients that read every list.
        Empty,
    }
);
