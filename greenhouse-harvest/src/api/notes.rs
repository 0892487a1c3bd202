mod new;

use chrono::{DateTime, Utc};
use greenhouse_core::{ApplicationId, CandidateId, UserId};

use super::{filter::filter, ids::NoteId, row::row, words::words};
use crate::{Error, HarvestClient, List, Route, client::Call};

pub use self::new::{NewNote, NoteEmail, NoteForm};

impl HarvestClient {
    /// `GET /v3/notes` (official description).
    pub fn notes(&self, filter: &NoteFilter) -> List<Note> {
        List::new(self, LIST, &filter.query)
    }

    /// `POST /v3/notes` (observed live). Greenhouse does not check that the candidate exists (observed live). There is
    /// neither an update nor a delete.
    ///
    /// # Errors
    ///
    /// Those of a write.
    pub async fn create_note(&self, new: &NewNote) -> Result<Note, Error> {
        self.write(&Call::of(self, CREATE).with_body(new)?).await
    }
}

filter! {
    /// Which notes to list (documented).
    pub struct NoteFilter of NoteId {
        /// On these candidates.
        candidate_ids: [CandidateId],
        /// On these applications.
        application_ids: [ApplicationId],
        /// By these users.
        user_ids: [UserId],
        /// Of this kind.
        kind = "type": NoteType,
        /// That these may read.
        visibility: NoteReaders,
    }
}

row! {
    /// A note (official description).
    pub struct Note {
        /// The id.
        pub id: NoteId,
        /// Whom it is about.
        pub candidate_id: Option<CandidateId>,
        /// The application it is about.
        pub application_id: Option<ApplicationId>,
        /// Who wrote it.
        pub user_id: Option<UserId>,
        /// What kind of note it is.
        pub kind = "type": Option<NoteType>,
        /// Who may read it.
        pub visibility: Option<NoteReaders>,
        /// The text.
        pub body: Option<String>,
        /// The text as HTML.
        pub body_with_tags: Option<String>,
        /// The subject of an e-mail.
        pub subject: Option<String>,
        /// Who sent an e-mail: one text, although a list is written (official description).
        pub email_from: Option<String>,
        /// To whom an e-mail went: one text, although a list is written (official description).
        pub email_to: Option<String>,
        /// Who got a copy of an e-mail: a list by the official description; of another form it is in `unknown`.
        pub email_cc: Option<Vec<String>>,
        /// The names of the files of an e-mail, as one text.
        pub email_attachment_file_names: Option<String>,
        /// A mark of an import.
        pub import_hash: Option<String>,
        /// When it was written.
        pub created_at: Option<DateTime<Utc>>,
        /// When the row last changed.
        pub updated_at: Option<DateTime<Utc>>,
    }
}

words! {
    /// Kinds of notes (official description). Only the first three can be written.
    pub enum NoteType {
        /// A note.
        Note = "NOTE",
        /// Something that happened.
        Activity = "ACTIVITY",
        /// An e-mail.
        Email = "EMAIL",
        /// About an interview.
        Interview = "INTERVIEW",
        /// A reminder.
        FollowUp = "FOLLOW_UP",
        /// About a take-home test.
        TakeHomeTest = "TAKE_HOME_TEST",
        /// A note from LinkedIn.
        LinkedinNote = "LINKEDIN_NOTE",
        /// A message in LinkedIn.
        LinkedinInmail = "LINKEDIN_INMAIL",
        /// The question when somebody has time.
        AvailabilityRequest = "AVAILABILITY_REQUEST",
        /// What went wrong when data was taken over.
        MigrationError = "MIGRATION_ERROR",
        /// A contact with the person.
        Touchpoint = "TOUCHPOINT",
        /// A form.
        Form = "FORM",
        /// Feedback.
        Feedback = "FEEDBACK",
    }
}

words! {
    /// Who may read a note, as rows and filters spell it (official description). Writing has other spellings, those of
    /// [`NoteVisibility`](greenhouse_core::settings::NoteVisibility).
    pub enum NoteReaders {
        /// Everybody who sees the candidate; written as `public`.
        Public = "publicly_visible",
        /// Those who may see private notes; written as `private`.
        Private = "privately_visible",
        /// Admins; written as `admin_only`.
        AdminOnly = "admin_only_visible",
    }
}

pub(super) const LIST: Route = Route::get("/v3/notes", "harvest:notes:list");
pub(super) const CREATE: Route = Route::post("/v3/notes", "harvest:notes:create");
