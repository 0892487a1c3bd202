//! Switches for calls to the assessment partner, and for notes.

use serde::{Deserialize, Serialize};

use crate::switches::switch;

switch!(
    /// Position of the number that distinguishes the URLs for completion calls.
    CompletionAddress {
        /// The last segment (inferred by one vendor).
        LastSegment,
        /// An earlier segment. The last segment is the same for every test.
        EarlierSegment,
        /// The query. The path is the same for every test.
        Query,
    }
);

switch!(
    /// Members of `send_test`.
    SendTestMembers {
        /// Every documented member, null without a value (documented).
        Documented,
        /// Without the optional members (published samples from earlier years).
        Sparse,
        /// With `application.id` and `candidate.id` (one vendor), and an undocumented member,
        /// because Greenhouse may add members at any time (documented).
        Extended,
    }
);

switch!(
    /// Effect of `@` with a user's name or address in a note created by Harvest.
    NoteMentions {
        /// The mention has no effect.
        Ignored,
        /// Greenhouse notifies the user.
        Notified,
    }
);
