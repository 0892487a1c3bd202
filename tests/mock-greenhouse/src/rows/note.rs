use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::rows::row::row;
use crate::time::as_millis;

/// A note. Its JSON is the Harvest row (official specification).
#[derive(Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Note {
    /// The id.
    pub id: i64,
    /// Whose note it is; may be nobody's (observed live).
    pub candidate_id: i64,
    /// The application it belongs to.
    pub application_id: Option<i64>,
    /// The author.
    pub user_id: Option<i64>,
    /// `NOTE`, `ACTIVITY` or `EMAIL`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The read spelling: `publicly_visible`, `privately_visible`, `admin_only_visible`.
    pub visibility: String,
    /// The text, line breaks kept.
    pub body: String,
    /// The text with markup.
    pub body_with_tags: Option<String>,
    /// The subject of an e-mail.
    pub subject: Option<String>,
    /// Written as a list, read as a text (official specification).
    pub email_from: Option<String>,
    /// Written as a list, read as a text (official specification).
    pub email_to: Option<String>,
    /// The copies.
    pub email_cc: Option<Vec<String>>,
    /// Names of files.
    pub email_attachment_file_names: Option<String>,
    /// Of an import.
    pub import_hash: Option<String>,
    /// When the row was made.
    #[serde(serialize_with = "as_millis")]
    pub created_at: DateTime<Utc>,
    /// When the row last changed.
    #[serde(serialize_with = "as_millis")]
    pub updated_at: DateTime<Utc>,
}

row!(Note);
