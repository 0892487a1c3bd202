use std::fmt;

use base64::{display::Base64Display, engine::general_purpose::STANDARD};
use bytes::Bytes;
use greenhouse_core::{ApplicationId, settings::ReportAttachment};
use serde::{Serialize, Serializer};

use super::{filter::filter, row::row};
use crate::{Error, HarvestClient, List, Route, client::Call};

impl HarvestClient {
    /// `GET /v3/attachments` (official description).
    pub fn attachments(&self, filter: &AttachmentFilter) -> List<Attachment> {
        List::new(self, LIST, &filter.query)
    }

    /// `POST /v3/attachments` (reference text, and several clients agree; the answer was not observed).
    ///
    /// # Errors
    ///
    /// Those of a write.
    pub async fn create_attachment(&self, new: &NewAttachment) -> Result<Attachment, Error> {
        let call = Call::of(self, CREATE).with_body(new)?;
        self.write(&call).await
    }
}

filter! {
    /// Which attachments to list (documented).
    pub struct AttachmentFilter of AttachmentId {
        /// On these applications.
        application_ids: [ApplicationId],
    }
}

row! {
    /// A file on an application (official description). Its row has no size, digest or author, so only its name tells whose
    /// it is.
    pub struct Attachment of AttachmentId {
        /// The application.
        application_id: ApplicationId,
        /// The name of the file.
        filename: String,
    }
}

/// A file to attach. Nothing can be attached to a candidate, only to an application (documented).
#[derive(Clone, Serialize)]
#[non_exhaustive]
pub struct NewAttachment {
    /// The application.
    pub application_id: ApplicationId,
    /// The name of the file, with a part that no other file has: it is all by which the file is found again.
    pub filename: String,
    /// What kind of file it is.
    #[serde(rename = "type")]
    pub kind: ReportAttachment,
    /// The file itself.
    #[serde(serialize_with = "as_base64")]
    pub content: Bytes,
}

impl NewAttachment {
    /// A file for this application.
    pub fn new(
        application_id: ApplicationId,
        filename: impl Into<String>,
        kind: ReportAttachment,
        content: Bytes,
    ) -> Self {
        Self {
            application_id,
            filename: filename.into(),
            kind,
            content,
        }
    }
}

impl fmt::Debug for NewAttachment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewAttachment")
            .field("application_id", &self.application_id)
            .field("kind", &self.kind)
            .field("bytes", &self.content.len())
            .finish_non_exhaustive()
    }
}

/// Written piece by piece: a report must not be held in memory once more as text.
fn as_base64<S: Serializer>(content: &Bytes, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(&Base64Display::new(content, &STANDARD))
}

pub(super) const LIST: Route = Route::get("/v3/attachments", "harvest:attachments:list");
pub(super) const CREATE: Route = Route::post("/v3/attachments", "harvest:attachments:create");
