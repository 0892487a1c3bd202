//! Events that a delivery reports.

use std::slice;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::action::{Action, HookEvent};
use crate::{ApplicationId, ApplicationStatus, CandidateId, JobId, Stage};

/// Event in Greenhouse. Typed if a rule uses it, otherwise kept as its action's name.
///
/// Contains ids, status, stage and times but no personal data, so it may be stored and shown. The
/// position of each member in a body is documented. Vendors reported that a real body may lack
/// everything except the required id. Serialized as an object with the variant in `kind`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Event {
    /// `reject_candidate`, also `candidate_rejected`: an application or a prospect was rejected.
    Rejected(ApplicationEvent),
    /// `unreject_candidate`: a rejection was undone. It can carry the same time as the rejection
    /// (published samples).
    Unrejected(ApplicationEvent),
    /// `hire_candidate`, also `candidate_hired`: a candidate was hired.
    Hired(HireEvent),
    /// `unhire_candidate`: a hire was undone.
    Unhired(ApplicationEvent),
    /// `candidate_stage_change`: the application moved to another stage, given in `stage`.
    StageChanged(ApplicationEvent),
    /// `application_updated`: the application changed, possibly its status.
    ApplicationUpdated(ApplicationEvent),
    /// `delete_application`: an application was deleted, manually or as a duplicate on one job in a
    /// merge.
    ApplicationDeleted {
        /// Deleted application.
        application: ApplicationId,
        /// Candidate of the application.
        candidate: Option<CandidateId>,
        /// Job of the application. `None` for a prospect without a job (inferred).
        job: Option<JobId>,
    },
    /// `delete_candidate`: a candidate was deleted. Without a merge hook, a merge is reported like
    /// this too (documented).
    CandidateDeleted {
        /// Deleted candidate.
        candidate: CandidateId,
        /// Deleted applications. An empty list proves nothing, because after a merge the
        /// applications belong to the winner.
        #[serde(default)]
        applications: Vec<ApplicationId>,
    },
    /// `merge_candidate`: two candidates were merged. The loser's other applications now belong to
    /// the winner.
    CandidateMerged {
        /// Candidate that no longer exists.
        loser: CandidateId,
        /// Candidate that remains.
        winner: CandidateId,
        /// Deleted applications of the loser. Often missing.
        #[serde(default)]
        deleted_applications: Vec<ApplicationId>,
    },
    /// `candidate_anonymized`: data of a candidate was erased.
    CandidateAnonymized {
        /// Anonymized candidate.
        candidate: CandidateId,
        /// Erased fields by Greenhouse's names. About 40 are documented, and newer ones exist. An
        /// element that is not text becomes an empty name, which is treated as unknown. Empty if
        /// the body has no list.
        #[serde(default)]
        fields: Vec<String>,
    },
    /// `ping`: a hook was created or saved, and is being tested.
    Ping {
        /// Id of the hook (observed live; an empty payload has been reported too).
        hook: Option<i64>,
        /// Label of the hook's event, such as "Candidate has been hired". Not an action.
        event: Option<String>,
    },
    /// Action without a rule.
    Other {
        /// Name of the action, at most 255 bytes.
        action: String,
    },
}

impl Event {
    /// Names of the actions with a rule, as Greenhouse sends them.
    pub const ACTIONS: &[&str] = Action::WORDS;

    /// Action of the hook that sent the event. For a ping, it is the action of the hook's event, or
    /// [`HookEvent::PING`] if the event's label is unknown. `None` if the event needs no hook.
    pub fn hook_action(&self) -> Option<&'static str> {
        let mut hooks = HookEvent::ALL.iter();
        if let Self::Ping { event: label, .. } = self {
            let label = label.as_deref().unwrap_or_default().trim();
            let hook = hooks.find(|hook| hook.label.eq_ignore_ascii_case(label));
            return Some(hook.map_or(HookEvent::PING, |hook| hook.action));
        }
        let action = self.action();
        hooks
            .find(|hook| hook.action == action)
            .map(|hook| hook.action)
    }

    /// The action's name as Greenhouse sends it. Aliases return the main name.
    pub fn action(&self) -> &str {
        let action = match self {
            Self::Rejected(_) => Action::Reject,
            Self::Unrejected(_) => Action::Unreject,
            Self::Hired(_) => Action::Hire,
            Self::Unhired(_) => Action::Unhire,
            Self::StageChanged(_) => Action::StageChange,
            Self::ApplicationUpdated(_) => Action::UpdateApplication,
            Self::ApplicationDeleted { .. } => Action::DeleteApplication,
            Self::CandidateDeleted { .. } => Action::DeleteCandidate,
            Self::CandidateMerged { .. } => Action::MergeCandidate,
            Self::CandidateAnonymized { .. } => Action::AnonymizeCandidate,
            Self::Ping { .. } => Action::Ping,
            Self::Other { action } => return action,
        };
        action.word()
    }

    /// Applications in the body. An event about a candidate can also affect applications that are
    /// not in the body.
    pub fn applications(&self) -> &[ApplicationId] {
        match self {
            Self::Hired(hire) => slice::from_ref(&hire.application),
            Self::ApplicationDeleted { application, .. } => slice::from_ref(application),
            Self::CandidateDeleted { applications, .. } => applications,
            Self::CandidateMerged {
                deleted_applications,
                ..
            } => deleted_applications,
            _ => self
                .application_event()
                .map_or(&[], |event| slice::from_ref(&event.application)),
        }
    }

    /// Candidate in the body, if any. For a merge, the loser, because stored links contain its id.
    pub fn candidate(&self) -> Option<CandidateId> {
        match self {
            Self::Hired(hire) => hire.candidate,
            Self::ApplicationDeleted { candidate, .. } => *candidate,
            Self::CandidateDeleted { candidate, .. }
            | Self::CandidateAnonymized { candidate, .. }
            | Self::CandidateMerged {
                loser: candidate, ..
            } => Some(*candidate),
            _ => self.application_event().and_then(|event| event.candidate),
        }
    }

    /// `last_activity_at` in whole seconds, which orders events. Hires, deletions, merges and
    /// anonymizations have none. [`HireEvent::resolved_at`] is the time at which the offer was
    /// accepted, not the time of the hire.
    pub fn time(&self) -> Option<DateTime<Utc>> {
        self.application_event()
            .and_then(|event| event.last_activity_at)
    }

    /// State of the application, if the event has one. `None` for hires, deletions, merges,
    /// anonymizations, pings and actions without a rule.
    pub fn application_event(&self) -> Option<&ApplicationEvent> {
        match self {
            Self::Rejected(event)
            | Self::Unrejected(event)
            | Self::Unhired(event)
            | Self::StageChanged(event)
            | Self::ApplicationUpdated(event) => Some(event),
            _ => None,
        }
    }
}

/// State of an application after an event, as most actions send it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ApplicationEvent {
    /// Id of the application, the only required member.
    pub application: ApplicationId,
    /// Candidate of the application.
    pub candidate: Option<CandidateId>,
    /// Status of the application.
    pub status: Option<ApplicationStatus>,
    /// Current stage, or the stage at the rejection. A prospect has none.
    pub stage: Option<Stage>,
    /// Jobs of the application. Usually one; any number for a prospect; none in published samples
    /// of `application_updated`. At most 1,000 are kept.
    #[serde(default)]
    pub jobs: Vec<JobId>,
    /// Time of the last activity, in whole seconds. Not every action updates it.
    pub last_activity_at: Option<DateTime<Utc>>,
}

impl ApplicationEvent {
    /// Creates an event with only an application id.
    pub fn new(application: ApplicationId) -> Self {
        Self {
            application,
            candidate: None,
            status: None,
            stage: None,
            jobs: Vec::new(),
            last_activity_at: None,
        }
    }
}

/// Hire. Its body differs from the others: it has no status, stage or time (published samples).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct HireEvent {
    /// Id of the application, the only required member.
    pub application: ApplicationId,
    /// Candidate of the application.
    pub candidate: Option<CandidateId>,
    /// Jobs of the application. At most 1,000 are kept.
    #[serde(default)]
    pub jobs: Vec<JobId>,
    /// Time at which the offer was accepted, in whole seconds. Not usable for ordering events.
    pub resolved_at: Option<DateTime<Utc>>,
}

impl HireEvent {
    /// Creates a hire with only an application id.
    pub fn new(application: ApplicationId) -> Self {
        Self {
            application,
            candidate: None,
            jobs: Vec::new(),
            resolved_at: None,
        }
    }
}

#[cfg(test)]
mod tests;
