use std::fmt;

use base64::{display::Base64Display, encoded_len, engine::general_purpose::STANDARD};
use bytes::Bytes;
use greenhouse_core::ApplicationId;
use serde::{Serialize, Serializer};
use url::Url;

use super::AttachmentType;
use crate::api::words::words;

/// A file to attach. Nothing can be attached to a candidate, only to an application (documented). Debug shows neither name
/// nor content nor address.
#[derive(Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct NewAttachment {
    /// The application.
    pub application_id: ApplicationId,
    /// The name of the file, with a part that no other file has: it is all by which the file is found again.
    pub filename: String,
    /// What kind of file it is.
    #[serde(rename = "type")]
    pub kind: AttachmentType,
    /// Who may see it; what holds without it is not documented.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub visibility: Option<AttachmentVisibility>,
    /// The file itself.
    #[serde(flatten)]
    pub source: AttachmentSource,
}

/// Where the file comes from: exactly one of the two (documented).
#[derive(Clone, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum AttachmentSource {
    /// It is sent along.
    #[serde(serialize_with = "as_base64")]
    Content(Bytes),
    /// Greenhouse fetches it from this address, which everybody must be able to open.
    Url(String),
}

impl NewAttachment {
    /// A file for this application.
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

    /// A file that Greenhouse fetches from a public address.
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

    /// How many bytes its JSON needs, about and rather more.
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
    /// Who may see an attachment, as it is written (documented). Rows do not tell it.
    pub enum AttachmentVisibility {
        /// Everybody who sees the candidate.
        Public = "public",
        /// Those who may see private attachments.
        Private = "private",
        /// Admins.
        AdminOnly = "admin_only",
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

/// Written piece by piece: a report must not be held in memory once more as text.
fn as_base64<S: Serializer>(content: &Bytes, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(&Base64Display::new(content, &STANDARD))
}

/// In bytes: the names of the members, and all that is short.
const MEMBERS: usize = 512;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::AttachmentType;

    #[test]
    fn the_room_is_that_of_the_json_and_hardly_more() {
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
