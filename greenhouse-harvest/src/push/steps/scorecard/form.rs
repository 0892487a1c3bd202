//! The form in which the scorecard was written, as the sync log says it.

use std::fmt;

use crate::{AuthProblem, Error};

/// A scorecard of Greenhouse.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Card {
    /// How many traits are attributes of it.
    pub(super) rated: usize,
    /// Traits that are in its text only.
    pub(super) as_text: Vec<String>,
    /// Greenhouse refused ratings.
    pub(super) refused: bool,
}

/// Why there is a note and no scorecard. Displayed as it stands in the sync log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum WhyNote {
    /// The settings say so.
    Settings,
    /// The credential lacks this scope.
    Scope(&'static str),
    /// Greenhouse did not say which scopes the credential has.
    ScopesUnknown,
    /// It is not known on which job the application is.
    NoJob,
    /// The job has no interview kit.
    NoKit,
    /// The job has none of the traits as attributes.
    NoAttributes,
    /// It is not known whose scorecard it would be.
    NoInterviewer,
    /// Greenhouse refused it, with this status.
    Refused(u16),
    /// Greenhouse did not permit it.
    Forbidden,
}

impl fmt::Display for Card {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ratings = if self.rated == 1 { "rating" } else { "ratings" };
        write!(f, "scorecard with {} {ratings}", self.rated)?;
        if self.as_text.is_empty() {
            return Ok(());
        }
        let why = if self.refused {
            "Greenhouse refused their ratings, or the job has no such attributes"
        } else {
            "the job has no such attributes"
        };
        write!(f, ", in its text only: {} ({why})", self.as_text.join(", "))
    }
}

impl fmt::Display for WhyNote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Settings => f.write_str("the push settings ask for one"),
            Self::Scope(scope) => write!(f, "the credential lacks {scope}"),
            Self::ScopesUnknown => {
                f.write_str("Greenhouse did not say whether the credential may write scorecards")
            }
            Self::NoJob => f.write_str("the job of the application is not known"),
            Self::NoKit => f.write_str("the job has no interview kit"),
            Self::NoAttributes => f.write_str("the job has none of the traits as attributes"),
            Self::NoInterviewer => f.write_str("it is not known who acts"),
            Self::Refused(status) => {
                write!(f, "Greenhouse refused a scorecard with status {status}")
            }
            Self::Forbidden => {
                f.write_str("Greenhouse does not let this credential write scorecards")
            }
        }
    }
}

/// Why Greenhouse has refused for good. `None` if it could not be asked.
pub(super) fn refusal(error: &Error) -> Option<WhyNote> {
    match error {
        Error::Api { status, .. } if *status < 500 => Some(WhyNote::Refused(*status)),
        Error::Auth {
            problem:
                AuthProblem::Forbidden { .. }
                | AuthProblem::MissingScope { .. }
                | AuthProblem::NotSiteAdmin,
            ..
        } => Some(WhyNote::Forbidden),
        _ => None,
    }
}
