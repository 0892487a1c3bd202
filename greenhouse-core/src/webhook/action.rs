//! Actions with a rule, and the hooks that send them.

use serde::Serialize;

/// Event that needs a hook, because a rule of [`sync`](crate::sync) uses it. A hook sends one event
/// (documented), so each event needs its own hook.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[cfg_attr(
    feature = "openapi",
    schemars(description = "Event that needs its own webhook.")
)]
#[non_exhaustive]
pub struct HookEvent {
    /// Value of `action` in the hook's deliveries.
    pub action: &'static str,
    /// Name in the list under "When" in Greenhouse's web hook form.
    ///
    /// "Candidate has been hired" is documented, and "Candidate merged" is inferred from the
    /// heading in the documentation. All others were reported in vendors' guides from 2025 and
    /// 2026.
    #[cfg_attr(
        feature = "openapi",
        schemars(description = "Name in the list under \"When\" in Greenhouse's web hook form.")
    )]
    pub label: &'static str,
}

impl HookEvent {
    /// All events that a rule uses.
    pub const ALL: &[Self] = Action::HOOKS;

    /// The action of a ping.
    pub const PING: &str = Action::Ping.word();
}

macro_rules! actions {
    ($($action:ident = $word:literal $(or $alias:literal)? $(, hook $label:literal)?;)*) => {
        /// Actions with a rule. Any other action is kept as its name.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(super) enum Action {
            $($action,)*
        }

        impl Action {
            /// Names that Greenhouse sends, one per action.
            pub(super) const WORDS: &[&str] = &[$($word,)*];

            /// Actions that need a hook.
            const HOOKS: &[HookEvent] = &[$($(HookEvent { action: $word, label: $label },)?)*];

            /// Parses a name. The documentation uses a second name for two actions.
            pub(super) fn from_word(word: &str) -> Option<Self> {
                Some(match word {
                    $($word $(| $alias)? => Self::$action,)*
                    _ => return None,
                })
            }

            /// Name that Greenhouse sends.
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
