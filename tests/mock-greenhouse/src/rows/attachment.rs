use bytes::Bytes;
use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::rows::row::row;
use crate::time::as_millis;

/// A file attached to an application. Its JSON is the Harvest row, without size, digest or
/// visibility (documented).
#[derive(Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Attachment {
    /// Id of the attachment.
    pub id: i64,
    /// Id of the application.
    pub application_id: i64,
    /// Id of the candidate of that application.
    pub candidate_id: Option<i64>,
    /// Type of the file, for example `other`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The file name.
    pub filename: String,
    /// URL of the file: on this mock if it was sent as content, otherwise the URL that was sent.
    pub url: String,
    /// Time of creation.
    #[serde(serialize_with = "as_millis")]
    pub created_at: DateTime<Utc>,
    /// Time of the last change.
    #[serde(serialize_with = "as_millis")]
    pub updated_at: DateTime<Utc>,
    /// The file, if it was sent as content. Not part of the row.
    #[serde(skip)]
    pub content: Option<Bytes>,
    /// Visibility in the request: `public`, `private` or `admin_only`. `None` if the request
    /// contained none. Not part of the row.
    #[serde(skip)]
    pub visibility: Option<String>,
    /// The visibility: as sent, or the default for the type. Not part of the row.
    #[serde(skip)]
    pub effective_visibility: String,
}

impl Attachment {
    /// Returns `true` if interviewers also see the file (documented for `public`).
    #[must_use]
    pub fn is_visible_to_interviewers(&self) -> bool {
        self.effective_visibility == "public"
    }
}

row!(Attachment);
