mod new;

use chrono::{DateTime, Utc};
use greenhouse_core::{ApplicationId, CandidateId, UserId};

use super::{filter::filter, ids::NoteId, row::row, words::words};
use crate::{Error, HarvestClient, List, Route, client::Call};

pub use self::new::{NewNote, NoteEmail, NoteForm};

impl HarvestClient {
    /// Lists notes with `GET /v3/notes` (official description).
    pub fn notes(&self, filter: &NoteFilter) -> List<Note> {
        List::new(self, LIST, &filter.query)
    }

    /// Creates a note with `POST /v3/notes` (observed live). Greenhouse does not check that the
    /// candidate exists (observed live). Notes cannot be changed or deleted.
    ///
    /// # Errors
    ///
    /// [`Error`] if the write fails.
    pub async fn create_note(&self, new: &NewNote) -> Result<Note, Error> {
        self.write(&Call::of(self, CREATE).with_body(new)?).await
    }
}

filter! {
    /// Filter for notes (documented).
    pub struct NoteFilter of NoteId {
        /// Filters by candidate.
        candidate_ids: [CandidateId],
        /// Filters by application.
        application_ids: [ApplicationId],
        /// Filters by user.
        user_ids: [UserId],
        /// Filters by kind.
        kind = "type": NoteType,
        /// Filters by visibility.
        visibility: NoteReaders,
    }
}

row! {
    /// Note (official description).
    pub struct Note {
        /// Id.
        pub id: NoteId,
        /// Candidate.
        pub candidate_id: Option<CandidateId>,
        /// Application.
        pub application_id: Option<ApplicationId>,
        /// Author.
        pub user_id: Option<UserId>,
        /// Kind of note.
        pub kind = "type": Option<NoteType>,
        /// Visibility.
        pub visibility: Option<NoteReaders>,
        /// Text.
        pub body: Option<String>,
        /// Text as HTML.
        pub body_with_tags: Option<String>,
        /// Subject of an email.
        pub subject: Option<String>,
        /// Sender of an email. A single text, although writes use a list (official description).
        pub email_from: Option<String>,
        /// Recipients of an email. A single text, although writes use a list (official
        /// description).
        pub email_to: Option<String>,
        /// Copy recipients of an email, as a list (official description). Any other form is in
        /// `unknown`.
        pub email_cc: Option<Vec<String>>,
        /// File names of an email's attachments, as one text.
        pub email_attachment_file_names: Option<String>,
        /// Hash of an import.
        pub import_hash: Option<String>,
        /// Creation time.
        pub created_at: Option<DateTime<Utc>>,
        /// Time of the last change.
        pub updated_at: Option<DateTime<Utc>>,
    }
}

words! {
    /// Kinds of notes (official description). Only the first three can be written.
    pub enum NoteType {
        /// A note.
        Note = "NOTE",
        /// An activity.
        Activity = "ACTIVITY",
        /// An email.
        Email = "EMAIL",
        /// A note on an interview.
        Interview = "INTERVIEW",
        /// A reminder.
        FollowUp = "FOLLOW_UP",
        /// A note on a take-home test.
        TakeHomeTest = "TAKE_HOME_TEST",
        /// A note from LinkedIn.
        LinkedinNote = "LINKEDIN_NOTE",
        /// A LinkedIn message.
        LinkedinInmail = "LINKEDIN_INMAIL",
        /// A request for availability.
        AvailabilityRequest = "AVAILABILITY_REQUEST",
        /// An error during a data migration.
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
    /// Visibility of a note in rows and filters (official description). Writes use the words of
    /// [`NoteVisibility`](greenhouse_core::settings::NoteVisibility) instead.
    pub enum NoteReaders {
        /// Visible to every user who can see the candidate; written as `public`.
        Public = "publicly_visible",
        /// Visible to users with access to private notes; written as `private`.
        Private = "privately_visible",
        /// Visible to admins; written as `admin_only`.
        AdminOnly = "admin_only_visible",
    }
}

pub(super) const LIST: Route = Route::get("/v3/notes", "harvest:notes:list");
pub(super) const CREATE: Route = Route::post("/v3/notes", "harvest:notes:create");
