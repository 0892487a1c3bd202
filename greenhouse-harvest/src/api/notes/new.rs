use std::fmt;

use greenhouse_core::{ApplicationId, CandidateId, UserId, settings::NoteVisibility};
use serde::Serialize;

/// A note to write. Debug withholds its texts.
#[derive(Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct NewNote {
    /// Whom it is about.
    pub candidate_id: CandidateId,
    /// The application it is about; it must be the candidate's (documented).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub application_id: Option<ApplicationId>,
    /// Who writes it; without it, the acting user (documented).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_id: Option<UserId>,
    /// Who may read it.
    pub visibility: NoteVisibility,
    /// The text. Line breaks are kept (documented); what becomes of HTML is unknown.
    pub body: String,
    /// What kind of note it is, and what goes with that.
    #[serde(flatten)]
    pub form: NoteForm,
}

/// The kinds of notes that can be written. On the wire in upper case only (observed live). Debug shows the kind only.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "note_type", rename_all = "UPPERCASE")]
#[non_exhaustive]
pub enum NoteForm {
    /// A note.
    Note {
        /// The subject; clients agree on it for e-mails, here it is probably taken.
        #[serde(skip_serializing_if = "Option::is_none")]
        subject: Option<String>,
    },
    /// Something that happened.
    Activity {
        /// As of a note.
        #[serde(skip_serializing_if = "Option::is_none")]
        subject: Option<String>,
    },
    /// An e-mail that was sent elsewhere: Greenhouse notes it down, and sends nothing.
    Email(NoteEmail),
}

/// What a note of an e-mail tells of it (documented; several clients agree). Debug withholds all of it.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct NoteEmail {
    /// The subject.
    pub subject: String,
    /// Who sent it.
    pub email_from: Vec<String>,
    /// To whom it went.
    pub email_to: Vec<String>,
    /// Who got a copy; always sent, also where it is empty.
    pub email_cc: Vec<String>,
}

impl NewNote {
    /// A plain note.
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

    /// The same text, as something that happened.
    #[must_use]
    pub fn as_activity(mut self) -> Self {
        self.form = NoteForm::Activity { subject: None };
        self
    }

    /// The same text, as that of an e-mail.
    #[must_use]
    pub fn as_email(mut self, email: NoteEmail) -> Self {
        self.form = NoteForm::Email(email);
        self
    }
}

impl NoteEmail {
    /// From one address to another, without a copy.
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
