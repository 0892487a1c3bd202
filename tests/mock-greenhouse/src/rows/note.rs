use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::rows::row::row;
use crate::time::as_millis;

/// A note. Its JSON is the Harvest row (official specification).
#[derive(Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Note {
    /// Id of the note.
    pub id: i64,
    /// Id of the candidate, who need not exist (observed live).
    pub candidate_id: i64,
    /// Id of the application.
    pub application_id: Option<i64>,
    /// Id of the author.
    pub user_id: Option<i64>,
    /// Type of the note: `NOTE`, `ACTIVITY` or `EMAIL`.
    #[serde(rename = "type")]
    pub kind: String,
    /// Visibility, as reads show it: `publicly_visible`, `privately_visible` or
    /// `admin_only_visible`.
    pub visibility: String,
    /// The text, with its line breaks.
    pub body: String,
    /// The text with markup. Always `None` in the mock.
    pub body_with_tags: Option<String>,
    /// The subject of an e-mail.
    pub subject: Option<String>,
    /// The sender's address. Requests contain a list, rows a string (official specification).
    pub email_from: Option<String>,
    /// The recipients' addresses. Requests contain a list, rows a string (official specification).
    pub email_to: Option<String>,
    /// The CC addresses.
    pub email_cc: Option<Vec<String>>,
    /// Names of attached files. Always `None` in the mock.
    pub email_attachment_file_names: Option<String>,
    /// Hash of an import. Always `None` in the mock.
    pub import_hash: Option<String>,
    /// Time of creation.
    #[serde(serialize_with = "as_millis")]
    pub created_at: DateTime<Utc>,
    /// Time of the last change.
    #[serde(serialize_with = "as_millis")]
    pub updated_at: DateTime<Utc>,
}

row!(Note);
