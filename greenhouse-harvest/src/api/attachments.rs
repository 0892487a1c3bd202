mod new;

use std::borrow::Borrow;

use chrono::{DateTime, Utc};
use greenhouse_core::{ApplicationId, CandidateId, settings::ReportAttachment};

use super::{filter::filter, ids::AttachmentId, row::row, words::words};
use crate::{Error, HarvestClient, List, Route, client::Call};

pub use self::new::{AttachmentSource, AttachmentVisibility, NewAttachment};

impl HarvestClient {
    /// `GET /v3/attachments` (official description).
    pub fn attachments(&self, filter: &AttachmentFilter) -> List<Attachment> {
        List::new(self, LIST, &filter.query)
    }

    /// `POST /v3/attachments` (reference text, and several clients agree; the answer was not observed).
    ///
    /// A second résumé or cover letter turns the one before into a file of no kind, and some kinds refuse some endings of
    /// names (documented). How large a file may be is unknown. A file that is given away is not kept in memory beside the
    /// request while that is sent.
    ///
    /// # Errors
    ///
    /// Those of a write.
    pub async fn create_attachment(
        &self,
        new: impl Borrow<NewAttachment> + Send,
    ) -> Result<Attachment, Error> {
        let file: &NewAttachment = new.borrow();
        let call = Call::of(self, CREATE).with_body_of(file.room(), file)?;
        drop(new);
        self.write(&call).await
    }

    /// `DELETE /v3/attachments/{id}`, for good (documented).
    ///
    /// # Errors
    ///
    /// Those of a write.
    pub async fn delete_attachment(&self, attachment: AttachmentId) -> Result<(), Error> {
        self.carry_out(&Call::on(self, DELETE, attachment)).await
    }
}

filter! {
    /// Which attachments to list (documented).
    pub struct AttachmentFilter of AttachmentId {
        /// On these applications.
        application_ids: [ApplicationId],
        /// Of these candidates.
        candidate_ids: [CandidateId],
        /// Of this kind.
        kind = "type": AttachmentType,
    }
}

row! {
    /// A file on an application (official description). Its row has no size, digest, visibility or author, so only its name
    /// tells whose it is.
    pub struct Attachment {
        /// The id.
        pub id: AttachmentId,
        /// The application.
        pub application_id: Option<ApplicationId>,
        /// The candidate.
        pub candidate_id: Option<CandidateId>,
        /// What kind of file it is.
        pub kind = "type": Option<AttachmentType>,
        /// The name of the file.
        pub filename: Option<String>,
        /// Where the file is, for 7 days. Whoever has this address can open the file: it is as secret as the file is.
        pub url: Option<String>,
        /// When it was attached.
        pub created_at: Option<DateTime<Utc>>,
        /// When the row last changed.
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
        /// What goes with an offer.
        OfferPacket = "offer_packet",
        /// An offer.
        OfferLetter = "offer_letter",
        /// A signed offer.
        SignedOfferLetter = "signed_offer_letter",
        /// No kind in particular: `other`.
        Unspecified = "other",
        /// A file of a form.
        FormAttachment = "form_attachment",
        /// An agreement made in the course of an application.
        MidfunnelAgreement = "midfunnel_agreement",
        /// An agreement that was sent by itself.
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
    fn debug_opens_no_file() {
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
