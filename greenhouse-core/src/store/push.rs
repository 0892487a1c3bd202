use std::fmt;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::{AccountId, ApplicationId, AssessmentId, CandidateId};

/// Bringing one completed assessment into Greenhouse. One record per assessment, with the journal of its steps.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Push {
    /// What is pushed. Key of the record.
    pub assessment: AssessmentId,
    /// Whose it is, as a digest; none once erased.
    pub person: Option<PersonKey>,
    /// Who asked for it, last.
    pub origin: PushOrigin,
    /// How far it is.
    pub state: PushState,
    /// What was begun and what is known of it, in order.
    pub journal: Vec<JournalEntry>,
    /// The candidate that a person chose among several hits.
    pub choice: Option<CandidateId>,
    /// The candidate it went to, once known.
    pub candidate: Option<CandidateId>,
    /// The application it went to, once known.
    pub application: Option<ApplicationId>,
    /// In what form the scorecard goes there, and why, in plain words without personal data.
    #[serde(default)]
    pub form: Option<String>,
    /// When it was first asked for.
    pub requested_at: DateTime<Utc>,
    /// The version of the record; see [`Write`](super::Write).
    #[serde(skip)]
    pub version: u64,
}

impl Push {
    /// A push that was asked for and has not begun.
    pub fn new(
        assessment: AssessmentId,
        person: PersonKey,
        origin: PushOrigin,
        requested_at: DateTime<Utc>,
    ) -> Self {
        Self {
            assessment,
            person: Some(person),
            origin,
            state: PushState::Queued,
            journal: Vec::new(),
            choice: None,
            candidate: None,
            application: None,
            form: None,
            requested_at,
            version: 0,
        }
    }

    /// What the journal last says about a step's write; none where the step was never begun. Looks do not count.
    pub fn mark(&self, step: PushStep) -> Option<&JournalEntry> {
        let writes = self
            .journal
            .iter()
            .rev()
            .filter(|entry| entry.mark != JournalMark::NotSeen);
        writes.into_iter().find(|entry| entry.step == step)
    }
}

/// A person within one account, by e-mail: a digest, so that no address is stored for it.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PersonKey(String);

impl PersonKey {
    /// The key of the person with this e-mail address; letter case and surrounding blanks do not count.
    pub fn of_email(account: &AccountId, email: &str) -> Self {
        let mut digest = Sha256::new();
        digest.update(account.as_str());
        digest.update([0]);
        digest.update(email.trim().to_lowercase());
        Self(
            digest
                .finalize()
                .iter()
                .map(|byte| format!("{byte:02x}"))
                .collect(),
        )
    }

    /// The digest in hex.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for PersonKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PersonKey(..)")
    }
}

/// Who asked for a push.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum PushOrigin {
    /// A person, by button or retry.
    Person,
    /// The account's trigger.
    Trigger,
}

/// How far a push is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "state")]
#[non_exhaustive]
pub enum PushState {
    /// Asked for, not begun.
    Queued,
    /// Somebody is at it until the lease ends; after that it reads as failed.
    Running {
        /// When the claim ends by itself.
        lease_until: DateTime<Utc>,
    },
    /// Everything is in Greenhouse.
    Done,
    /// It stopped; a person can retry.
    Failed(PushFailure),
}

/// Why a push stopped.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct PushFailure {
    /// The step it stopped at; none before the first.
    pub step: Option<PushStep>,
    /// A stable word for programs: `no_mapping`, `several_candidates`, `refused`, `unknown_outcome`, ...
    pub code: String,
    /// What happened and what to do, in plain words, without personal data.
    pub text: String,
    /// Before this time a retry is answered with `not_settled`.
    pub retry_after: Option<DateTime<Utc>>,
    /// The candidates that a person can choose among.
    pub candidates: Vec<CandidateId>,
}

impl PushFailure {
    /// A failure with its code and text.
    pub fn new(step: Option<PushStep>, code: impl Into<String>, text: impl Into<String>) -> Self {
        Self {
            step,
            code: code.into(),
            text: text.into(),
            retry_after: None,
            candidates: Vec::new(),
        }
    }
}

/// The steps of a push, in order. Not every push has every step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum PushStep {
    /// The person.
    Candidate,
    /// The person on the job.
    Application,
    /// The move of an application that was there before.
    Stage,
    /// The PDF on the application.
    Report,
    /// Score and recommendation as a scorecard of Greenhouse.
    Scorecard,
    /// The traits as attributes of that scorecard, a write for each.
    Ratings,
    /// Score, recommendation and traits as a note.
    Note,
    /// Custom fields of the application.
    ApplicationFields,
    /// Custom fields and tags of the candidate.
    CandidateFields,
}

impl PushStep {
    /// All steps, in order.
    pub const ALL: [Self; 9] = [
        Self::Candidate,
        Self::Application,
        Self::Stage,
        Self::Report,
        Self::Scorecard,
        Self::Ratings,
        Self::Note,
        Self::ApplicationFields,
        Self::CandidateFields,
    ];

    /// The word for logs.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Candidate => "candidate",
            Self::Application => "application",
            Self::Stage => "stage",
            Self::Report => "report",
            Self::Scorecard => "scorecard",
            Self::Ratings => "ratings",
            Self::Note => "note",
            Self::ApplicationFields => "application fields",
            Self::CandidateFields => "candidate fields",
        }
    }
}

/// One line of a push's journal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct JournalEntry {
    /// Which step.
    pub step: PushStep,
    /// Which of its writes, where the step has several: the id of what is rated. None for the step as a whole.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub part: Option<i64>,
    /// What is known of it.
    pub mark: JournalMark,
    /// When it was written.
    pub at: DateTime<Utc>,
}

impl JournalEntry {
    /// A line of the journal.
    pub fn new(step: PushStep, mark: JournalMark, at: DateTime<Utc>) -> Self {
        Self {
            step,
            part: None,
            mark,
            at,
        }
    }
}

/// What is known of a step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "mark")]
#[non_exhaustive]
pub enum JournalMark {
    /// A write is about to be sent; without a later line its outcome is unknown.
    Begun,
    /// The write was certainly not carried out.
    NotDone,
    /// A look-up by a reader that sees has found nothing. Says nothing of the write by itself.
    NotSeen,
    /// Done, and this is what Greenhouse calls the result.
    Done {
        /// The id of what was written: the candidate, application, attachment, note, ...
        id: i64,
        /// Whether it was found there rather than written by this push.
        found: bool,
    },
}
