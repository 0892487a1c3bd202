use std::fmt;

use greenhouse_core::{ApplicationId, CandidateId, UserId, settings::NoteVisibility};
use serde::Serialize;

/// New note. `Debug` withholds its texts.
#[derive(Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct NewNote {
    /// Candidate.
    pub candidate_id: CandidateId,
    /// Application, which must be the candidate's (documented).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub application_id: Option<ApplicationId>,
    /// Author. Default: the acting user (documented).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_id: Option<UserId>,
    /// Visibility.
    pub visibility: NoteVisibility,
    /// Text. Line breaks are kept (documented). The handling of HTML is unknown.
    pub body: String,
    /// Kind of note, with its own members.
    #[serde(flatten)]
    pub form: NoteForm,
}

/// Kinds of notes that can be written. Upper case on the wire (observed live). `Debug` shows only
/// the kind.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "note_type", rename_all = "UPPERCASE")]
#[non_exhaustive]
pub enum NoteForm {
    /// A note.
    Note {
        /// Subject. Clients agree on this member for emails; it is probably also accepted here.
        #[serde(skip_serializing_if = "Option::is_none")]
        subject: Option<String>,
    },
    /// An activity.
    Activity {
        /// Subject, with the same uncertainty as for a note.
        #[serde(skip_serializing_if = "Option::is_none")]
        subject: Option<String>,
    },
    /// An email that was sent elsewhere. Greenhouse records it and sends nothing.
    Email(NoteEmail),
}

/// Members of an email note (documented; several clients agree). `Debug` withholds all members.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct NoteEmail {
    /// Subject.
    pub subject: String,
    /// Senders.
    pub email_from: Vec<String>,
    /// Recipients.
    pub email_to: Vec<String>,
    /// Copy recipients; always sent, even if empty.
    pub email_cc: Vec<String>,
}

impl NewNote {
    /// Creates a plain note.
    pub fn new(
        candidate_id: CandidateId,
        application_id: impl Into<Option<ApplicationId>>,
        visibility: NoteVisibility,
        body: impl Into<String>,
    ) -> Self {
        Self {
            candidate_id,
            application_id: application_id.into(),
            user_id: None,
            visibility,
            body: body.into(),
            form: NoteForm::Note { subject: None },
        }
    }

    /// Turns the note into an activity.
    #[must_use]
    pub fn as_activity(mut self) -> Self {
        self.form = NoteForm::Activity { subject: None };
        self
    }

    /// Turns the note into an email.
    #[must_use]
    pub fn as_email(mut self, email: NoteEmail) -> Self {
        self.form = NoteForm::Email(email);
        self
    }
}

impl NoteEmail {
    /// Creates an email from one address to another, without copy recipients.
    pub fn new(subject: impl Into<String>, from: impl Into<String>, to: impl Into<String>) -> Self {
        Self {
            subject: subject.into(),
            email_from: vec![from.into()],
            email_to: vec![to.into()],
            email_cc: Vec::new(),
        }
    }
}

impl fmt::Debug for NewNote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewNote")
            .field("candidate_id", &self.candidate_id)
            .field("application_id", &self.application_id)
            .field("form", &self.form)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for NoteForm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Note { .. } => "Note",
            Self::Activity { .. } => "Activity",
            Self::Email(_) => "Email",
        })
    }
}

impl fmt::Debug for NoteEmail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NoteEmail").finish_non_exhaustive()
    }
}
