use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{ErasedPart, Erasure, PersonKey};
use crate::{ApplicationId, AssessmentId, CandidateId, Text};

/// Push of one completed assessment into Greenhouse, with the journal of its steps. One record per
/// assessment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Push {
    /// Pushed assessment. Key of the record.
    pub assessment: AssessmentId,
    /// Digest of the person's e-mail address. `None` if there is no address or it was erased.
    pub person: Option<PersonKey>,
    /// `true` if everything about the person was erased. Nothing more is then pushed.
    #[serde(default)]
    pub erased: bool,
    /// Origin of the last request.
    pub origin: PushOrigin,
    /// State of the push.
    pub state: PushState,
    /// Journal of the steps, in order.
    pub journal: Vec<JournalEntry>,
    /// Candidate that a recruiter chose from several matches.
    pub choice: Option<CandidateId>,
    /// Candidate in Greenhouse, once known.
    pub candidate: Option<CandidateId>,
    /// Application in Greenhouse, once known.
    pub application: Option<ApplicationId>,
    /// Form of the scorecard in Greenhouse and the reason for it, as text without personal data.
    #[serde(default)]
    pub form: Option<String>,
    /// Notes for the recruiter on a push that is otherwise done.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub remarks: BTreeSet<PushRemark>,
    /// Time of the first request.
    pub requested_at: DateTime<Utc>,
    /// Set while a queued push waits for Greenhouse or the product. Nothing has been written yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wait: Option<PushWait>,
    /// Number of requests to Greenhouse so far, in all runs. Requests since the last commit of an
    /// interrupted run are not counted.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub requests: u32,
    /// The version of the record; see [`Write`](super::Write).
    #[serde(skip)]
    pub version: u64,
}

impl Push {
    /// Creates a requested push that has not started.
    pub fn new(
        assessment: AssessmentId,
        person: PersonKey,
        origin: PushOrigin,
        requested_at: DateTime<Utc>,
    ) -> Self {
        Self {
            assessment,
            person: Some(person),
            erased: false,
            origin,
            state: PushState::Queued,
            journal: Vec::new(),
            choice: None,
            candidate: None,
            application: None,
            form: None,
            remarks: BTreeSet::new(),
            requested_at,
            wait: None,
            requests: 0,
            version: 0,
        }
    }

    /// Erases the digest of the address. A push without a candidate is assigned to `candidate`.
    /// Returns `true` if the push changed.
    pub fn erase(&mut self, erasure: &Erasure, candidate: Option<CandidateId>) -> bool {
        if !erasure.erases(ErasedPart::EmailAddress) {
            return false;
        }
        let before = self.clone();
        self.person = None;
        self.candidate = self.candidate.or(candidate);
        self.erased |= erasure.is_everything();
        *self != before
    }

    /// Last journal entry for a step's write. `None` if the step never started. Ignores look-ups
    /// ([`JournalMark::NotSeen`]).
    pub fn mark(&self, step: PushStep) -> Option<&JournalEntry> {
        let writes = self
            .journal
            .iter()
            .rev()
            .filter(|entry| entry.mark != JournalMark::NotSeen);
        writes.into_iter().find(|entry| entry.step == step)
    }
}

fn is_zero(number: &u32) -> bool {
    *number == 0
}

/// Note for the recruiter on a push.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum PushRemark {
    /// The candidate in Greenhouse has the person's address and a wholly different name.
    OtherName,
    /// Greenhouse returns the report with a visibility other than the one sent.
    ReportVisibility,
    /// Greenhouse accepted the custom fields but does not return all of the values.
    FieldsNotKept,
}

/// Origin of a push request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum PushOrigin {
    /// A person, by button or retry.
    Person,
    /// The account's trigger.
    Trigger,
}

/// State of a push.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "state")]
#[non_exhaustive]
pub enum PushState {
    /// Requested, not started.
    Queued,
    /// Running on a host. If the lease ends first, the push is treated as failed.
    Running {
        /// End of the lease.
        lease_until: DateTime<Utc>,
    },
    /// Everything was written to Greenhouse.
    Done,
    /// Stopped. A person can retry the push.
    Failed(PushFailure),
}

/// Wait of a queued push until Greenhouse or the product is available again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct PushWait {
    /// Start of the wait. The push fails when the configured patience has passed since then.
    pub since: DateTime<Utc>,
    /// Number of attempts since then.
    pub attempts: u32,
    /// Time of the next attempt.
    pub retry_at: DateTime<Utc>,
    /// Stable code of the reason for programs: `unreachable`, `rate_limited`,
    /// `report_not_ready`, ...
    pub code: String,
    /// Reason as text without personal data.
    pub text: String,
}

impl PushWait {
    /// Creates a wait that continues `earlier`, or begins at `now`.
    pub fn new(
        earlier: Option<&Self>,
        now: DateTime<Utc>,
        retry_at: DateTime<Utc>,
        reason: &PushFailure,
    ) -> Self {
        Self {
            since: earlier.map_or(now, |wait| wait.since),
            attempts: earlier.map_or(0, |wait| wait.attempts).saturating_add(1),
            retry_at,
            code: reason.code.clone(),
            text: reason.text.clone(),
        }
    }
}

/// Failure of a push.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct PushFailure {
    /// Step that failed. `None` if no step had started.
    pub step: Option<PushStep>,
    /// Stable code for programs: `no_mapping`, `several_candidates`, `refused`, `unknown_outcome`,
    /// ...
    pub code: String,
    /// Cause and remedy as text without personal data.
    pub text: String,
    /// Earliest time of a retry. An earlier retry is refused with `not_settled`. `None` if a retry
    /// is possible immediately.
    pub retry_after: Option<DateTime<Utc>>,
    /// Candidates that a recruiter can choose from.
    pub candidates: Vec<CandidateId>,
}

impl PushFailure {
    /// Creates a failure with this text and its code as the reason.
    pub fn new(step: Option<PushStep>, text: Text) -> Self {
        let (code, text) = text.into_parts();
        Self {
            step,
            code,
            text,
            retry_after: None,
            candidates: Vec::new(),
        }
    }

    /// Returns the reason and its code, for the sync log.
    pub fn to_text(&self) -> Text {
        Text::new(self.code.clone(), &*self.text)
    }
}

/// The steps of a push, in order. Not every push has every step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum PushStep {
    /// Creates or finds the candidate.
    Candidate,
    /// Creates or finds the application.
    Application,
    /// Moves an application that already existed.
    Stage,
    /// Attaches the résumé to the application of a candidate whom the push created.
    Resume,
    /// Attaches the report to the application as a PDF.
    Report,
    /// Writes score and recommendation as a scorecard.
    Scorecard,
    /// Writes the traits as attributes of the scorecard, one write each.
    Ratings,
    /// Writes score, recommendation and traits as a note.
    Note,
    /// Sets custom fields of the application.
    ApplicationFields,
    /// Sets custom fields and tags of the candidate.
    CandidateFields,
    /// Moves the application to a later stage by a rule.
    RuleMove,
    /// Rejects the application by a rule.
    RuleRejection,
}

impl PushStep {
    /// All steps, in order.
    pub const ALL: [Self; 12] = [
        Self::Candidate,
        Self::Application,
        Self::Stage,
        Self::Resume,
        Self::Report,
        Self::Scorecard,
        Self::Ratings,
        Self::Note,
        Self::ApplicationFields,
        Self::CandidateFields,
        Self::RuleMove,
        Self::RuleRejection,
    ];

    /// Name for logs.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Candidate => "candidate",
            Self::Application => "application",
            Self::Stage => "stage",
            Self::Resume => "résumé",
            Self::Report => "report",
            Self::Scorecard => "scorecard",
            Self::Ratings => "ratings",
            Self::Note => "note",
            Self::ApplicationFields => "application fields",
            Self::CandidateFields => "candidate fields",
            Self::RuleMove => "move by rule",
            Self::RuleRejection => "rejection by rule",
        }
    }
}

/// Entry of a push's journal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct JournalEntry {
    /// Step that the entry concerns.
    pub step: PushStep,
    /// Id of the rated attribute, for a step with several writes. `None` for the whole step.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub part: Option<i64>,
    /// State of the step.
    pub mark: JournalMark,
    /// Time of the entry.
    pub at: DateTime<Utc>,
}

impl JournalEntry {
    /// Creates a journal entry for a whole step.
    pub fn new(step: PushStep, mark: JournalMark, at: DateTime<Utc>) -> Self {
        Self {
            step,
            part: None,
            mark,
            at,
        }
    }
}

/// State of a step in the journal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "mark")]
#[non_exhaustive]
pub enum JournalMark {
    /// A write is about to be sent. Its outcome is unknown until a later entry.
    Begun,
    /// The write was certainly not carried out.
    NotDone,
    /// A reliable look-up found nothing. This alone does not prove that the write failed.
    NotSeen,
    /// Done, with the resulting id.
    Done {
        /// Id of the written resource: candidate, application, attachment, note, ...
        id: i64,
        /// `true` if the resource was found instead of written by this push.
        found: bool,
    },
}
