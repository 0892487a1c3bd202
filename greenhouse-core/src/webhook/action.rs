//! The actions that have a rule.

macro_rules! actions {
    ($($action:ident = $word:literal $(or $alias:literal)?;)*) => {
        /// An action whose events are read; every other one is kept by its word alone.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(super) enum Action {
            $($action,)*
        }

        impl Action {
            /// The words that Greenhouse sends, one for each action.
            pub(super) const WORDS: &[&str] = &[$($word,)*];

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
    Reject = "reject_candidate" or "candidate_rejected";
    Unreject = "unreject_candidate";
    Hire = "hire_candidate" or "candidate_hired";
    Unhire = "unhire_candidate";
    StageChange = "candidate_stage_change";
    UpdateApplication = "application_updated";
    DeleteApplication = "delete_application";
    DeleteCandidate = "delete_candidate";
    MergeCandidate = "merge_candidate";
    AnonymizeCandidate = "candidate_anonymized";
    Ping = "ping";
}
