//! Places where a person sees a refusal or a failure.

use crate::Text;

/// Place where a person sees a refusal or a failure, and what to do about it.
///
/// Each error that ends a request or a task has a function that returns its trace, with a branch
/// for each variant. The code that handles the error leaves the trace that this function returns.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Trace {
    /// Entry in the sync log of the account. The text contains the remedy.
    SyncLog(Text),
    /// Problem or warning in the health of the account, in the check with this name.
    Health(&'static str),
    /// Log of the server, with the cause. The request or the task is worth a retry.
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
