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
    /// The candidate, which need not exist (observed live).
    pub candidate_id: i64,
    /// The application.
    pub application_id: Option<i64>,
    /// The author.
    pub user_id: Option<i64>,
    /// `NOTE`, `ACTIVITY` or `EMAIL`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The spelling of reads: `publicly_visible`, `privately_visible`, `admin_only_visible`.
    pub visibility: String,
    /// The text, with its line breaks.
    pub body: String,
    /// The text with markup.
    pub body_with_tags: Option<String>,
    /// The subject of an e-mail.
    pub subject: Option<String>,
    /// Written as a list, read as a string (official specification).
    pub email_from: Option<String>,
    /// Written as a list, read as a string (official specification).
    pub email_to: Option<String>,
    /// The CC addresses.
    pub email_cc: Option<Vec<String>>,
    /// Names of attached files.
    pub email_attachment_file_names: Option<String>,
    /// Hash of an import.
    pub import_hash: Option<String>,
    /// Time of creation.
    #[serde(serialize_with = "as_millis")]
    pub created_at: DateTime<Utc>,
    /// Time of the last change.
    #[serde(serialize_with = "as_millis")]
    pub updated_at: DateTime<Utc>,
}

row!(Note);
