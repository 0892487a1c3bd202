//! The actions that are read, and the hooks that bring them.

use serde::Serialize;

/// An event that a hook is to be made for: a rule of [`sync`](crate::sync) is about it. A hook serves one event
/// (documented), so each needs one of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct HookEvent {
    /// The word that its deliveries carry as `action`.
    pub action: &'static str,
    /// What Greenhouse's page for web hooks calls it, in the list under "When".
    ///
    /// "Candidate has been hired" is documented, and all others but one were reported in vendors' guides of 2025 and 2026.
    /// "Candidate merged" is the heading of its documentation: what the list says is inferred.
    pub label: &'static str,
}

impl HookEvent {
    /// Every event that a rule is about.
    pub const ALL: &[Self] = Action::HOOKS;

    /// The action of a ping.
    pub const PING: &str = Action::Ping.word();
}

macro_rules! actions {
    ($($action:ident = $word:literal $(or $alias:literal)? $(, hook $label:literal)?;)*) => {
        /// An action whose events are read; every other one is kept by its word alone.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(super) enum Action {
            $($action,)*
        }

        impl Action {
            /// The words that Greenhouse sends, one for each action.
            pub(super) const WORDS: &[&str] = &[$($word,)*];

            /// Those that a hook is to be made for.
            const HOOKS: &[HookEvent] = &[$($(HookEvent { action: $word, label: $label },)?)*];

            /// The action that a word stands for. Documents call two of them by another word as well.
            pub(super) fn from_word(word: &str) -> Option<Self> {
                Some(match word {
                    $($word $(| $alias)? => Self::$action,)*
                    _ => return None,
                })
            }

            /// The word that Greenhouse sends.
            pub(super) const fn word(self) -> &'static str {
                match self {
                    $(Self::$action => $word,)*
                }
            }
        }
    };
}

actions! {
    Reject = "reject_candidate" or "candidate_rejected", hook "Candidate or Prospect rejected";
    Unreject = "unreject_candidate", hook "Candidate or Prospect unrejected";
    Hire = "hire_candidate" or "candidate_hired", hook "Candidate has been hired";
    Unhire = "unhire_candidate", hook "Candidate has been unhired";
    StageChange = "candidate_stage_change", hook "Candidate has changed stage";
    UpdateApplication = "application_updated", hook "Application Updated";
    DeleteApplication = "delete_application", hook "Delete Application";
    DeleteCandidate = "delete_candidate", hook "Delete Candidate";
    MergeCandidate = "merge_candidate", hook "Candidate merged";
    AnonymizeCandidate = "candidate_anonymized", hook "Candidate anonymized";
    Ping = "ping";
}
