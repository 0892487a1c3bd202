//! What a delivery says happened in Greenhouse.

use std::slice;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::action::{Action, HookEvent};
use crate::{ApplicationId, ApplicationStatus, CandidateId, JobId, Stage};

/// What happened in Greenhouse: typed where a rule needs it, kept by its word where none does.
///
/// It holds ids, status, stage and times, and nothing about a person, so that it may be stored and shown. Where each
/// member is found in a body is documented by Greenhouse; that a real body may lack all but the required id was
/// reported by vendors. Serialised it is an object whose `kind` names the variant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Event {
    /// `reject_candidate`, also written `candidate_rejected`: an application or a prospect was rejected.
    Rejected(ApplicationEvent),
    /// `unreject_candidate`: a rejection was undone. It can carry the same time as the rejection (published samples).
    Unrejected(ApplicationEvent),
    /// `hire_candidate`, also written `candidate_hired`: somebody was hired.
    Hired(HireEvent),
    /// `unhire_candidate`: a hire was undone.
    Unhired(ApplicationEvent),
    /// `candidate_stage_change`: the application is in another stage; `stage` is the new one.
    StageChanged(ApplicationEvent),
    /// `application_updated`: something about an application changed, its status perhaps.
    ApplicationUpdated(ApplicationEvent),
    /// `delete_application`: an application is gone, by hand or since two of one job fell together in a merge.
    ApplicationDeleted {
        /// The application that is gone.
        application: ApplicationId,
        /// Whose it was.
        candidate: Option<CandidateId>,
        /// The job it was on; none for a prospect without a job (inferred).
        job: Option<JobId>,
    },
    /// `delete_candidate`: a candidate is gone. Without a merge hook this also stands for a merge (documented).
    CandidateDeleted {
        /// The candidate who is gone.
        candidate: CandidateId,
        /// The applications that went too. That it is empty proves nothing: after a merge they live on elsewhere.
        #[serde(default)]
        applications: Vec<ApplicationId>,
    },
    /// `merge_candidate`: two candidates became one. The loser's other applications belong to the winner now.
    CandidateMerged {
        /// Who is gone.
        loser: CandidateId,
        /// Who remains.
        winner: CandidateId,
        /// The loser's applications that did not survive; often not told.
        #[serde(default)]
        deleted_applications: Vec<ApplicationId>,
    },
    /// `candidate_anonymized`: data about a person was erased.
    CandidateAnonymized {
        /// Whose data.
        candidate: CandidateId,
        /// What was erased, in Greenhouse's words, of which about 40 are documented and newer ones exist. An entry that
        /// was no text is an empty word here: unknown like any other that is not known. The list itself is empty where
        /// the body has none.
        #[serde(default)]
        fields: Vec<String>,
    },
    /// `ping`: a hook was created or saved, and is being tried.
    Ping {
        /// The hook's id (observed live; an empty payload has been reported too).
        hook: Option<i64>,
        /// The hook's event as a label for people, such as "Candidate has been hired"; not an action.
        event: Option<String>,
    },
    /// An action that no rule is about.
    Other {
        /// Its word, at most 255 bytes of it.
        action: String,
    },
}

impl Event {
    /// The words of the actions that have a rule, as Greenhouse sends them.
    pub const ACTIONS: &[&str] = Action::WORDS;

    /// Action of the hook that sent the event. For a ping it is the action of the event that its hook is
    /// for, or [`HookEvent::PING`] if its label is unknown. `None` if no hook is made for the event.
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

    /// The action in Greenhouse's own word: aliases read as the word they stand for.
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

    /// The applications that the body names. An event about a person can concern others as well.
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

    /// Whom it is about, if the body tells; of a merge the loser, whose id our links still name.
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

    /// The time to order it by, in whole seconds: `last_activity_at`. A hire, a deletion, a merge and an anonymization
    /// have none; [`HireEvent::resolved_at`] is when an offer was accepted, which is not when the hire was made.
    pub fn time(&self) -> Option<DateTime<Utc>> {
        self.application_event()
            .and_then(|event| event.last_activity_at)
    }

    /// What it says about an application, where it has the form that most actions share.
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

/// What most actions tell of an application: a snapshot of it after the fact.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ApplicationEvent {
    /// The application; the one thing that every body has.
    pub application: ApplicationId,
    /// Whose it is.
    pub candidate: Option<CandidateId>,
    /// Where it stands.
    pub status: Option<ApplicationStatus>,
    /// The stage it is in, or was in when rejected; a prospect has none.
    pub stage: Option<Stage>,
    /// The jobs it is on: one as a rule, any number for a prospect, and none in published samples of
    /// `application_updated`. At most 1,000 are kept.
    #[serde(default)]
    pub jobs: Vec<JobId>,
    /// When something last happened to it, in whole seconds. Not every action counts.
    pub last_activity_at: Option<DateTime<Utc>>,
}

impl ApplicationEvent {
    /// An event that tells nothing but which application it is about.
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

/// What a hire tells. Its body has another form than the others: without status, stage and time (published samples).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct HireEvent {
    /// The application; the one thing that every body has.
    pub application: ApplicationId,
    /// Whose it is.
    pub candidate: Option<CandidateId>,
    /// The jobs it is on. At most 1,000 are kept.
    #[serde(default)]
    pub jobs: Vec<JobId>,
    /// When the offer was accepted, in whole seconds. It does not order the hire among other events.
    pub resolved_at: Option<DateTime<Utc>>,
}

impl HireEvent {
    /// A hire that tells nothing but which application it is about.
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
