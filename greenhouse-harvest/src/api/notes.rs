use std::fmt;

use greenhouse_core::{ApplicationId, CandidateId, NoteId, settings::NoteVisibility};
use serde::{Deserialize, Serialize};

use crate::{Error, HarvestClient, Pages, Route, client::Call};

impl HarvestClient {
    /// `GET /v3/notes` (official description).
    pub fn notes(&self, filter: &NoteFilter) -> Pages<Note> {
        let mut query = Vec::new();
        if !filter.candidate_ids.is_empty() {
            query.push(("candidate_ids", super::ids(&filter.candidate_ids)));
        }
        if !filter.application_ids.is_empty() {
            query.push(("application_ids", super::ids(&filter.application_ids)));
        }
        Pages::new(self, Call::of(self, LIST).with_query(query))
    }

    /// `POST /v3/notes` (observed live). Greenhouse does not check that the candidate exists (observed live). There is
    /// neither an update nor a delete.
    ///
    /// # Errors
    ///
    /// Those of a write.
    pub async fn create_note(&self, new: &NewNote) -> Result<Note, Error> {
        let lines = new.body.lines().map(str::to_owned);
        let call = Call::of(self, CREATE).with_body(new)?.withholding(lines);
        self.write(&call).await
    }
}

/// Which notes to list. Each list of ids has at most 50.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct NoteFilter {
    /// On these candidates.
    pub candidate_ids: Vec<CandidateId>,
    /// On these applications.
    pub application_ids: Vec<ApplicationId>,
}

impl NoteFilter {
    /// The notes on one application, whosever it is by now.
    pub fn on_application(application: ApplicationId) -> Self {
        Self {
            candidate_ids: Vec::new(),
            application_ids: vec![application],
        }
    }
}

/// A note. Debug shows the id only.
#[derive(Clone, Deserialize)]
#[non_exhaustive]
pub struct Note {
    /// The id.
    pub id: NoteId,
    /// Whom it is about.
    #[serde(default)]
    pub candidate_id: Option<CandidateId>,
    /// The application it is about.
    #[serde(default)]
    pub application_id: Option<ApplicationId>,
    /// The text.
    #[serde(default)]
    pub body: Option<String>,
}

impl fmt::Debug for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Note")
            .field("id", &self.id)
            .finish_non_exhaustive()
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
