mod contact;
mod new;
mod update;

use chrono::{DateTime, Utc};
use greenhouse_core::{CandidateId, UserId};
use serde::Serialize;

use self::new::CreatedForm;
use super::{
    CustomFieldChanges, CustomFields, MergeError, NewCustomFieldValue,
    custom_field_values::merge_of_row,
    filter::filter,
    ids::CustomFieldOptionId,
    row::{part, row},
};
use crate::{Error, HarvestClient, List, Route, client::Call};

pub use self::{
    contact::{
        AddressKind, EmailAddress, EmailKind, PhoneKind, PhoneNumber, PostalAddress,
        SocialMediaAddress, WebsiteAddress, WebsiteKind,
    },
    new::{
        CreatedCandidate, FirstApplication, FirstProspect, NewCandidate, NewCandidateApplication,
    },
    update::UpdateCandidate,
};

impl HarvestClient {
    /// `GET /v3/candidates` (official description). A private person whom the acting user may not see is not found
    /// (inferred).
    pub fn candidates(&self, filter: &CandidateFilter) -> List<Candidate> {
        List::new(self, LIST, &filter.query)
    }

    /// `POST /v3/candidates` (reference text, and several clients agree). Greenhouse does not look for duplicates
    /// (documented).
    ///
    /// # Errors
    ///
    /// Those of a write.
    pub async fn create_candidate(&self, new: &NewCandidate) -> Result<CreatedCandidate, Error> {
        let call = Call::of(self, CREATE).with_body(new)?;
        self.write::<CreatedForm>(&call)
            .await
            .map(CreatedCandidate::from)
    }

    /// `PATCH /v3/candidates/{id}` (reference text, and several clients agree). Lists that are sent replace what there is.
    ///
    /// # Errors
    ///
    /// Those of a write.
    pub async fn update_candidate(
        &self,
        candidate: CandidateId,
        update: &UpdateCandidate,
    ) -> Result<Candidate, Error> {
        let call = Call::on(self, UPDATE, candidate).with_body(update)?;
        self.write(&call).await
    }

    /// `POST /v3/candidates/{id}/merge`: `candidate` stays, `merged` goes up in it (one client only). There is no way back.
    ///
    /// # Errors
    ///
    /// Those of a write.
    pub async fn merge_candidates(
        &self,
        candidate: CandidateId,
        merged: CandidateId,
    ) -> Result<Candidate, Error> {
        let body = Merge {
            secondary_candidate_id: merged,
        };
        self.write(&Call::on(self, MERGE, candidate).with_body(&body)?)
            .await
    }

    /// `PATCH /v3/candidates/{id}/anonymize`: erases these parts of a person for good (one client only). The names are those
    /// of the webhook `candidate_anonymized`, such as `full_name`, `email_addresses` or `notes` (documented there).
    ///
    /// Answered with the person's row or with a message alone, as for work that is done later: an `Ok` says that
    /// Greenhouse took it on.
    ///
    /// # Errors
    ///
    /// Those of a write.
    pub async fn anonymize_candidate<S: AsRef<str>>(
        &self,
        candidate: CandidateId,
        fields: impl IntoIterator<Item = S>,
    ) -> Result<(), Error> {
        let names = fields.into_iter().map(|name| name.as_ref().to_owned());
        let body = Anonymize {
            fields: names.collect(),
        };
        self.carry_out(&Call::on(self, ANONYMIZE, candidate).with_body(&body)?)
            .await
    }

    /// `DELETE /v3/candidates/{id}`: the person with all its applications, for good (one client only).
    ///
    /// # Errors
    ///
    /// Those of a write.
    pub async fn delete_candidate(&self, candidate: CandidateId) -> Result<(), Error> {
        self.carry_out(&Call::on(self, DELETE, candidate)).await
    }
}

filter! {
    /// Which candidates to list (documented). There is no filter by name or by job.
    pub struct CandidateFilter of CandidateId {
        /// With exactly this address, whichever of the person's it is, in any letter case.
        email: String,
        /// With the tag of exactly this name.
        tag: String,
        /// Whether private people whom the acting user may see are among them. Greenhouse's default: yes.
        private: bool,
        /// With whom something last happened then.
        last_activity_at: TimeRange,
        /// For whom this choice of a custom field was made.
        custom_field_option_id: CustomFieldOptionId,
    }
}

row! {
    /// A person in Greenhouse (official description). Neither applications nor attachments are in the row.
    pub struct Candidate {
        /// The id.
        pub id: CandidateId,
        /// The given name.
        pub first_name: Option<String>,
        /// The family name.
        pub last_name: Option<String>,
        /// What the person is called.
        pub preferred_name: Option<String>,
        /// The present employer.
        pub company: Option<String>,
        /// The present position.
        pub title: Option<String>,
        /// When something last happened.
        pub last_activity_at: Option<DateTime<Utc>>,
        /// Whether only some users may see the person. Writes call it `is_private`.
        pub private: Option<bool>,
        /// Whether e-mails may be sent to the person.
        pub can_email: Option<bool>,
        /// The time zone.
        pub time_zone: Option<String>,
        /// The names of the person's tags.
        pub tags: Option<Vec<String>>,
        /// Users who are the same person.
        pub linked_user_ids: Option<Vec<UserId>>,
        /// E-mail addresses.
        pub email_addresses: Option<Vec<ContactPoint>>,
        /// Telephone numbers.
        pub phone_numbers: Option<Vec<ContactPoint>>,
        /// Postal addresses.
        pub addresses: Option<Vec<ContactPoint>>,
        /// Web pages.
        pub website_addresses: Option<Vec<ContactPoint>>,
        /// Addresses in social networks; they have no kind.
        pub social_media_addresses: Option<Vec<ContactPoint>>,
        /// The values of custom fields.
        pub custom_fields: Option<CustomFields>,
        /// When the person came into Greenhouse.
        pub created_at: Option<DateTime<Utc>>,
        /// When the row last changed.
        pub updated_at: Option<DateTime<Utc>>,
    }
}

impl Candidate {
    /// The custom fields to write so that these change and no other does; see
    /// [`merge_custom_fields`](super::merge_custom_fields).
    ///
    /// # Errors
    ///
    /// [`MergeError`] where another field would be lost.
    pub fn custom_fields_with(
        &self,
        changes: &CustomFieldChanges,
    ) -> Result<Vec<NewCustomFieldValue>, MergeError> {
        merge_of_row(self.custom_fields.as_ref(), &self.unknown, changes)
    }
}

part! {
    /// A way to reach a person: an address of any kind, or a telephone number.
    pub struct ContactPoint {
        /// The address or number.
        pub value: Option<String>,
        /// What kind it is, such as `personal` or `work` (documented).
        pub kind = "type": Option<String>,
    }
}

#[derive(Serialize)]
struct Merge {
    secondary_candidate_id: CandidateId,
}

#[derive(Serialize)]
struct Anonymize {
    fields: Vec<String>,
}

pub(super) const LIST: Route = Route::get("/v3/candidates", "harvest:candidates:list");
pub(super) const CREATE: Route = Route::post("/v3/candidates", "harvest:candidates:create");
pub(super) const UPDATE: Route = Route::patch("/v3/candidates/{id}", "harvest:candidates:update");
const MERGE: Route = Route::post("/v3/candidates/{id}/merge", "harvest:candidates:merge");
const ANONYMIZE: Route = Route::patch(
    "/v3/candidates/{id}/anonymize",
    "harvest:candidates:anonymize",
);
const DELETE: Route = Route::delete("/v3/candidates/{id}", "harvest:candidates:destroy");

#[cfg(test)]
mod tests {
    use greenhouse_core::JobId;
    use serde_json::{from_value, json};

    use super::*;

    #[test]
    fn debug_shows_nobody() {
        let mut new =
            NewCandidate::new("Mira", "Okafor", "mira@example.org").applying(JobId::new(1), None);
        new.social_media_addresses = vec![SocialMediaAddress::new("mira")];
        let mut update = UpdateCandidate::new();
        update.first_name = Some("Mira".to_owned());
        update.phone_numbers = Some(vec![PhoneNumber::new(PhoneKind::Mobile, "mira")]);
        let row: Candidate = from_value(json!({"id": 1, "first_name": "Mira",
            "email_addresses": [{"value": "mira@example.org", "type": "work"}]}))
        .unwrap();
        let filter = CandidateFilter::new().email("mira@example.org").tag("Mira");
        let debug = format!(
            "{new:?} {update:?} {row:?} {filter:?} {:?} {:?} {:?}",
            row.email_addresses, new.email_addresses, new.social_media_addresses
        );
        assert!(!debug.to_lowercase().contains("mira"), "{debug}");
    }
}
