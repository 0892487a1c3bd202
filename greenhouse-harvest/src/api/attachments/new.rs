use std::fmt;

use base64::{display::Base64Display, encoded_len, engine::general_purpose::STANDARD};
use bytes::Bytes;
use greenhouse_core::{ApplicationId, settings::ReportVisibility};
use serde::{Serialize, Serializer};
use url::Url;

use super::AttachmentType;
use crate::api::words::words;

/// New attachment. A file can be attached only to an application, not to a candidate (documented).
/// `Debug` shows no name, content or URL.
#[derive(Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct NewAttachment {
    /// Application.
    pub application_id: ApplicationId,
    /// File name. Include a unique part, because the name is the only way to find the file again.
    pub filename: String,
    /// Kind of file.
    #[serde(rename = "type")]
    pub kind: AttachmentType,
    /// Visibility. The default depends on the kind (support pages).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub visibility: Option<AttachmentVisibility>,
    /// Content or URL.
    #[serde(flatten)]
    pub source: AttachmentSource,
}

/// Content of a file, in exactly one of two forms (documented).
#[derive(Clone, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum AttachmentSource {
    /// Content in the request.
    #[serde(serialize_with = "as_base64")]
    Content(Bytes),
    /// Public URL from which Greenhouse downloads the file.
    Url(String),
}

impl NewAttachment {
    /// Creates a file for this application.
    pub fn new(
        application_id: ApplicationId,
        filename: impl Into<String>,
        kind: impl Into<AttachmentType>,
        content: Bytes,
    ) -> Self {
        Self {
            application_id,
            filename: filename.into(),
            kind: kind.into(),
            visibility: None,
            source: AttachmentSource::Content(content),
        }
    }

    /// Creates a file that Greenhouse downloads from a public URL.
    pub fn from_url(
        application_id: ApplicationId,
        filename: impl Into<String>,
        kind: impl Into<AttachmentType>,
        url: &Url,
    ) -> Self {
        Self {
            application_id,
            filename: filename.into(),
            kind: kind.into(),
            visibility: None,
            source: AttachmentSource::Url(url.as_str().to_owned()),
        }
    }

    /// Returns the approximate size of the JSON in bytes, rounded up.
    pub(super) fn room(&self) -> usize {
        let source = match &self.source {
            AttachmentSource::Content(content) => encoded_len(content.len(), true),
            AttachmentSource::Url(url) => Some(url.len()),
        };
        let rest = self.filename.len().saturating_add(MEMBERS);
        source.unwrap_or_default().saturating_add(rest)
    }
}

words! {
    /// Visibility of an attachment in request bodies (documented). Rows do not contain it.
    pub enum AttachmentVisibility {
        /// Visible to every user who can see the candidate.
        Public = "public",
        /// Visible to users with access to private attachments.
        Private = "private",
        /// Visible to admins.
        AdminOnly = "admin_only",
    }
}

impl From<ReportVisibility> for AttachmentVisibility {
    fn from(visibility: ReportVisibility) -> Self {
        match visibility {
            ReportVisibility::Public => Self::Public,
            ReportVisibility::Private => Self::Private,
            ReportVisibility::AdminOnly => Self::AdminOnly,
        }
    }
}

impl fmt::Debug for NewAttachment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewAttachment")
            .field("application_id", &self.application_id)
            .field("kind", &self.kind)
            .field("visibility", &self.visibility)
            .field("source", &self.source)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for AttachmentSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Content(content) => write!(f, "Content({} bytes)", content.len()),
            Self::Url(_) => f.write_str("Url"),
        }
    }
}

/// Encodes the content piece by piece, so that a report is not held in memory a second time as
/// text.
fn as_base64<S: Serializer>(content: &Bytes, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(&Base64Display::new(content, &STANDARD))
}

/// Size in bytes of the member names and all short values.
const MEMBERS: usize = 512;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::AttachmentType;

    #[test]
    fn the_reserved_size_barely_exceeds_the_json() {
        let application = ApplicationId::new(i64::MAX);
        for length in [0, 1, 2, 3, 1000, 1001, 1002] {
            let content = Bytes::from(vec![7; length]);
            let name = "assessment-1.pdf";
            let mut file =
                NewAttachment::new(application, name, AttachmentType::TakeHomeTest, content);
            file.visibility = Some(AttachmentVisibility::AdminOnly);
            let needed = serde_json::to_vec(&file).unwrap().len();
            assert!(
                (needed..needed + MEMBERS).contains(&file.room()),
                "{length}"
            );
        }
    }
}
