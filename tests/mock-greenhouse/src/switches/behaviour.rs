//! Switches of look-ups, files, stages and lists.

use serde::{Deserialize, Serialize};

use crate::switches::switch;

switch!(
    /// Comparison of the filter `email` of `GET /v3/candidates`. Both ignore the letter case.
    CandidateEmailFilter {
        /// The whole address (documented).
        Exact,
        /// Any part of an address, so that the answer may name another person.
        Contains,
    }
);

switch!(
    /// Visibility of an attachment that is created without one.
    AttachmentVisibility {
        /// `private` for the documents of an offer, `public` for any other type (documented; which
        /// types are private is inferred).
        ByType,
        /// `public`: interviewers see it.
        Public,
        /// `private`: interviewers do not see it.
        Private,
    }
);

switch!(
    /// Ways into a stage that trigger its transition rule.
    StageRules {
        /// Moves within a job only (documented).
        Moves,
        /// Every entry: also a new application at the stage, and a transfer to its job.
        Entries,
    }
);

switch!(
    /// Answer of the official lists that the mock does not model.
    UnmodelledLists {
        /// 501: official, not modelled.
        NotImplemented,
        /// 200 and an empty list, for clients that read every list.
        Empty,
    }
);
