//! Places where an error is reported to a person.

use crate::Text;

/// Place where an error is reported to a person, with the remedy.
///
/// Each error type that ends a request or a task has a function that returns the trace of every
/// variant. The code that handles the error must write this trace.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Trace {
    /// Entry in the sync log of the account. The text contains the remedy.
    SyncLog(Text),
    /// Problem or warning in the health of the account, in the check with this name.
    Health(&'static str),
    /// Log of the server, with the cause. A retry of the request or the task may succeed.
    ServerLog,
}

impl Trace {
    /// Text of the entry in the sync log, if any.
    pub fn text(&self) -> Option<&Text> {
        match self {
            Self::SyncLog(text) => Some(text),
            Self::Health(_) | Self::ServerLog => None,
        }
    }
}
