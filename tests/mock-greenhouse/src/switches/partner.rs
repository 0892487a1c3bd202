//! Switches of the calls to the assessment partner, and of notes.

use serde::{Deserialize, Serialize};

use crate::switches::switch;

switch!(
    /// Place of the number that tells the addresses of completion calls apart.
    CompletionAddress {
        /// The last segment (inferred by one vendor).
        LastSegment,
        /// An earlier segment; the last one is the same for every test.
        EarlierSegment,
        /// The query; the path is the same for every test.
        Query,
    }
);

switch!(
    /// Members of `send_test`.
    SendTestMembers {
        /// Every documented member, null if unknown (documented).
        Documented,
        /// Without the optional members (published samples of earlier years).
        Sparse,
        /// With `application.id` and `candidate.id` (one vendor) and a member that no text names:
        /// members may be added at any time (documented).
        Extended,
    }
);

switch!(
    /// Effect of `@` and a user's name or address in a note that Harvest creates.
    NoteMentions {
        /// None.
        Ignored,
        /// Greenhouse mentions the user.
        Notified,
    }
);
