use std::fmt;

use greenhouse_core::{ApplicationId, CandidateId, settings::NoteVisibility};
use serde::Serialize;

use super::{filter::filter, row::row};
use crate::{Error, HarvestClient, List, Route, client::Call};

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
        let call = Call::of(self, CREATE).with_body(new)?;
        self.write(&call).await
    }
}

filter! {
    /// Which notes to list (documented).
    pub struct NoteFilter of NoteId {
        /// On these candidates.
        candidate_ids: [CandidateId],
        /// On these applications.
        application_ids: [ApplicationId],
    }
}

row! {
    /// A note (official description).
    pub struct Note of NoteId {
        /// Whom it is about.
        candidate_id: CandidateId,
        /// The application it is about.
        application_id: ApplicationId,
        /// The text.
        body: String,
    }
}

/// A note to write. Debug withholds the text.
#[derive(Clone, Serialize)]
#[non_exhaustive]
pub struct NewNote {
    /// Whom it is about.
    pub candidate_id: CandidateId,
    /// The application it is about; it must be the candidate's (documented).
    pub application_id: ApplicationId,
    /// Always `NOTE`: lower case is refused (observed live).
    note_type: &'static str,
    /// Who may read it.
    pub visibility: NoteVisibility,
    /// The text. Line breaks are kept (documented).
    pub body: String,
}

impl NewNote {
    /// A plain note.
    pub fn new(
        candidate_id: CandidateId,
        application_id: ApplicationId,
        visibility: NoteVisibility,
        body: impl Into<String>,
    ) -> Self {
        Self {
            candidate_id,
            application_id,
            note_type: "NOTE",
            visibility,
            body: body.into(),
        }
    }
}

impl fmt::Debug for NewNote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewNote")
            .field("candidate_id", &self.candidate_id)
            .field("application_id", &self.application_id)
            .finish_non_exhaustive()
    }
}

pub(super) const LIST: Route = Route::get("/v3/notes", "harvest:notes:list");
pub(super) const CREATE: Route = Route::post("/v3/notes", "harvest:notes:create");
