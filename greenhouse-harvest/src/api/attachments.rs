mod new;

use std::borrow::Borrow;

use chrono::{DateTime, Utc};
use greenhouse_core::{ApplicationId, CandidateId, settings::ReportAttachment};

use super::{filter::filter, ids::AttachmentId, row::row, words::words};
use crate::{Error, HarvestClient, List, Route, client::Call};

pub use self::new::{AttachmentSource, AttachmentVisibility, NewAttachment};

impl HarvestClient {
    /// Lists attachments with `GET /v3/attachments` (official description).
    pub fn attachments(&self, filter: &AttachmentFilter) -> List<Attachment> {
        List::new(self, LIST, &filter.query)
    }

    /// Attaches a file to an application with `POST /v3/attachments` (reference text, several
    /// clients agree; the response was not observed).
    ///
    /// A second résumé or cover letter turns the previous one into a file without a kind, and some
    /// kinds do not accept some file extensions (documented). The size limit is unknown. A file
    /// that is passed by value is dropped before the request is sent.
    ///
    /// # Errors
    ///
    /// [`Error`] if the write fails.
    pub async fn create_attachment(
        &self,
        new: impl Borrow<NewAttachment> + Send,
    ) -> Result<Attachment, Error> {
        let file: &NewAttachment = new.borrow();
        let call = Call::of(self, CREATE).with_body_of(file.room(), file)?;
        drop(new);
        self.write(&call).await
    }

    /// Deletes an attachment irreversibly with `DELETE /v3/attachments/{id}` (documented).
    ///
    /// # Errors
    ///
    /// [`Error`] if the write fails.
    pub async fn delete_attachment(&self, attachment: AttachmentId) -> Result<(), Error> {
        self.carry_out(&Call::on(self, DELETE, attachment)).await
    }
}

filter! {
    /// Filter for attachments (documented).
    pub struct AttachmentFilter of AttachmentId {
        /// Filters by application.
        application_ids: [ApplicationId],
        /// Filters by candidate.
        candidate_ids: [CandidateId],
        /// Filters by kind.
        kind = "type": AttachmentType,
    }
}

row! {
    /// File attached to an application (official description). The row has no size, digest,
    /// visibility or author, so only the name identifies its origin.
    pub struct Attachment {
        /// Id.
        pub id: AttachmentId,
        /// Application.
        pub application_id: Option<ApplicationId>,
        /// Candidate.
        pub candidate_id: Option<CandidateId>,
        /// Kind of file.
        pub kind = "type": Option<AttachmentType>,
        /// Name of the file.
        pub filename: Option<String>,
        /// URL of the file, valid for 7 days. Anyone who has the URL can download the file without
        /// a login, so treat the URL as confidential.
        pub url: Option<String>,
        /// Time of the upload.
        pub created_at: Option<DateTime<Utc>>,
        /// Time of the last change.
        pub updated_at: Option<DateTime<Utc>>,
    }
}

words! {
    /// Kinds of attachments (official description).
    pub enum AttachmentType {
        /// A résumé.
        Resume = "resume",
        /// A cover letter.
        CoverLetter = "cover_letter",
        /// A take-home test.
        TakeHomeTest = "take_home_test",
        /// Documents for an offer.
        OfferPacket = "offer_packet",
        /// An offer.
        OfferLetter = "offer_letter",
        /// A signed offer.
        SignedOfferLetter = "signed_offer_letter",
        /// No particular kind: `other`.
        Unspecified = "other",
        /// A file from a form.
        FormAttachment = "form_attachment",
        /// An agreement made during the application.
        MidfunnelAgreement = "midfunnel_agreement",
        /// An agreement that was sent automatically.
        AutomatedAgreement = "automated_agreement",
    }
}

impl From<ReportAttachment> for AttachmentType {
    fn from(kind: ReportAttachment) -> Self {
        kind.as_str().into()
    }
}

pub(super) const LIST: Route = Route::get("/v3/attachments", "harvest:attachments:list");
pub(super) const CREATE: Route = Route::post("/v3/attachments", "harvest:attachments:create");
const DELETE: Route = Route::delete("/v3/attachments/{id}", "harvest:attachments:destroy");

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use serde_json::{from_value, json};

    use super::*;

    #[test]
    fn debug_shows_no_url() {
        let row: Attachment = from_value(json!({"id": 1, "filename": "canary.pdf",
            "url": "https://files.example.net/canary?signature=canary"}))
        .unwrap();
        let application = ApplicationId::new(1);
        let kind = AttachmentType::Unspecified;
        let content = Bytes::from_static(b"canary");
        let file = NewAttachment::new(application, "canary.pdf", kind.clone(), content);
        let url = "https://files.example.net/canary".parse().unwrap();
        let linked = NewAttachment::from_url(application, "canary.pdf", kind, &url);
        let debug = format!(
            "{row:?} {file:?} {linked:?} {:?} {:?}",
            file.source, linked.source
        );
        assert!(!debug.contains("canary"), "{debug}");
    }
}
