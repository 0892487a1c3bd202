//! Reasons for a note instead of a scorecard.

use std::fmt;

use crate::{AuthProblem, Error, push::texts::sync_log as texts};

/// Reason for a note instead of a scorecard. Displayed as in the sync log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum NoteReason {
    /// The settings require a note.
    Settings,
    /// The credential lacks this scope.
    Scope(&'static str),
    /// Greenhouse did not list the credential's scopes.
    ScopesUnknown,
    /// The application's job is unknown.
    NoJob,
    /// The job has no interview kit.
    NoKit,
    /// The job has no attributes for the traits.
    NoAttributes,
    /// The interviewer is unknown.
    NoInterviewer,
    /// Greenhouse rejected the scorecard with this status.
    Refused(u16),
    /// Greenhouse did not permit the scorecard.
    Forbidden,
}

impl fmt::Display for NoteReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = match self {
            Self::Settings => texts::AS_SET_IN_SETTINGS,
            Self::Scope(scope) => return f.write_str(&texts::scope_missing(scope)),
            Self::ScopesUnknown => texts::SCOPES_UNKNOWN,
            Self::NoJob => texts::NO_JOB,
            Self::NoKit => texts::NO_KIT,
            Self::NoAttributes => texts::NO_ATTRIBUTES,
            Self::NoInterviewer => texts::NO_ACTING_USER,
            Self::Refused(status) => return f.write_str(&texts::scorecard_rejected(*status)),
            Self::Forbidden => texts::NOT_PERMITTED,
        };
        f.write_str(text)
    }
}

/// Returns the reason if Greenhouse refused the call. `None` for any other failure.
pub(super) fn refusal(error: &Error) -> Option<NoteReason> {
    match error {
        Error::Api { status, .. } if *status < 500 => Some(NoteReason::Refused(*status)),
        Error::Auth {
            problem:
                AuthProblem::Forbidden { .. }
                | AuthProblem::MissingScope { .. }
                | AuthProblem::NotSiteAdmin,
            ..
        } => Some(NoteReason::Forbidden),
        _ => None,
    }
}
