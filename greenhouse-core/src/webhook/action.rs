//! The actions that have a rule.

/// An action whose events are read; every other one is kept by its word alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Action {
    Reject,
    Unreject,
    Hire,
    Unhire,
    StageChange,
    UpdateApplication,
    DeleteApplication,
    DeleteCandidate,
    MergeCandidate,
    AnonymizeCandidate,
    Ping,
}

impl Action {
    /// The action that a word stands for. Documents call two of them by another word as well.
    pub(super) fn from_word(word: &str) -> Option<Self> {
        Some(match word {
            "reject_candidate" | "candidate_rejected" => Self::Reject,
            "unreject_candidate" => Self::Unreject,
            "hire_candidate" | "candidate_hired" => Self::Hire,
            "unhire_candidate" => Self::Unhire,
            "candidate_stage_change" => Self::StageChange,
            "application_updated" => Self::UpdateApplication,
            "delete_application" => Self::DeleteApplication,
            "delete_candidate" => Self::DeleteCandidate,
            "merge_candidate" => Self::MergeCandidate,
            "candidate_anonymized" => Self::AnonymizeCandidate,
            "ping" => Self::Ping,
            _ => return None,
        })
    }

    /// The word that Greenhouse sends.
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Reject => "reject_candidate",
            Self::Unreject => "unreject_candidate",
            Self::Hire => "hire_candidate",
            Self::Unhire => "unhire_candidate",
            Self::StageChange => "candidate_stage_change",
            Self::UpdateApplication => "application_updated",
            Self::DeleteApplication => "delete_application",
            Self::DeleteCandidate => "delete_candidate",
            Self::MergeCandidate => "merge_candidate",
            Self::AnonymizeCandidate => "candidate_anonymized",
            Self::Ping => "ping",
        }
    }
}
