mod contact;
mod new;
mod update;

use chrono::{DateTime, Utc};
use greenhouse_core::{CandidateId, UserId};
use serde::Serialize;

use self::new::CandidateForm;
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
    /// Lists candidates with `GET /v3/candidates` (official description). A private candidate that
    /// is hidden from the acting user is not found (inferred).
    pub fn candidates(&self, filter: &CandidateFilter) -> List<Candidate> {
        List::new(self, LIST, &filter.query)
    }

    /// Creates a candidate with `POST /v3/candidates` (reference text, several clients agree).
    /// Greenhouse does not check for duplicates (documented).
    ///
    /// # Errors
    ///
    /// [`Error`] if the write fails.
    pub async fn create_candidate(&self, new: &NewCandidate) -> Result<CreatedCandidate, Error> {
        let call = Call::of(self, CREATE).with_body(new)?;
        self.write::<CandidateForm>(&call)
            .await
            .map(CreatedCandidate::from)
    }

    /// Updates a candidate with `PATCH /v3/candidates/{id}` (reference text, several clients
    /// agree). A list in the body replaces the existing list. The response is the row, either flat
    /// or wrapped as in the response to a create (unknown).
    ///
    /// # Errors
    ///
    /// [`Error`] if the write fails.
    pub async fn update_candidate(
        &self,
        candidate: CandidateId,
        update: &UpdateCandidate,
    ) -> Result<Candidate, Error> {
        let call = Call::on(self, UPDATE, candidate).with_body(update)?;
        self.write_candidate(&call).await
    }

    /// Merges `merged` into `candidate` irreversibly with `POST /v3/candidates/{id}/merge` (one
    /// client only).
    ///
    /// # Errors
    ///
    /// [`Error`] if the write fails.
    pub async fn merge_candidates(
        &self,
        candidate: CandidateId,
        merged: CandidateId,
    ) -> Result<Candidate, Error> {
        let body = Merge {
            secondary_candidate_id: merged,
        };
        self.write_candidate(&Call::on(self, MERGE, candidate).with_body(&body)?)
            .await
    }

    /// Irreversibly erases these parts of a person's data with `PATCH
    /// /v3/candidates/{id}/anonymize` (one client only). The names are the same as in the webhook
    /// `candidate_anonymized`, such as `full_name`, `email_addresses` or `notes` (documented
    /// there).
    ///
    /// The response is the person's row or only a message, so the erasure may run later. `Ok` means
    /// that Greenhouse accepted the request.
    ///
    /// # Errors
    ///
    /// [`Error`] if the write fails.
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

    /// Irreversibly deletes a person and all of the person's applications with `DELETE
    /// /v3/candidates/{id}` (one client only).
    ///
    /// # Errors
    ///
    /// [`Error`] if the write fails.
    pub async fn delete_candidate(&self, candidate: CandidateId) -> Result<(), Error> {
        self.carry_out(&Call::on(self, DELETE, candidate)).await
    }

    /// Sends a write whose response is a person's row, flat or wrapped.
    async fn write_candidate(&self, call: &Call) -> Result<Candidate, Error> {
        let answer = self.write::<CandidateForm>(call).await?;
        Ok(CreatedCandidate::from(answer).candidate)
    }
}

filter! {
    /// Filter for candidates (documented). Filtering by name or job is not possible.
    pub struct CandidateFilter of CandidateId {
        /// Filters by exact email address, which may be any of the person's addresses, in any
        /// letter case.
        email: String,
        /// Filters by the exact name of a tag.
        tag: String,
        /// Sets whether the list includes the private candidates that the acting user can see.
        /// Greenhouse's default: yes.
        private: bool,
        /// Filters by the time of the last activity.
        last_activity_at: TimeRange,
        /// Filters by the selected option of a custom field.
        custom_field_option_id: CustomFieldOptionId,
    }
}

row! {
    /// Person in Greenhouse (official description). The row contains neither applications nor
    /// attachments.
    pub struct Candidate {
        /// Id.
        pub id: CandidateId,
        /// Given name.
        pub first_name: Option<String>,
        /// Family name.
        pub last_name: Option<String>,
        /// Preferred name.
        pub preferred_name: Option<String>,
        /// Current employer.
        pub company: Option<String>,
        /// Current position.
        pub title: Option<String>,
        /// Time of the last activity.
        pub last_activity_at: Option<DateTime<Utc>>,
        /// `true` if only some users can see the person. Request bodies call this member
        /// `is_private`.
        pub private: Option<bool>,
        /// `true` if emails may be sent to the person.
        pub can_email: Option<bool>,
        /// Time zone.
        pub time_zone: Option<String>,
        /// Names of the person's tags.
        pub tags: Option<Vec<String>>,
        /// Users who are the same person.
        pub linked_user_ids: Option<Vec<UserId>>,
        /// Email addresses.
        pub email_addresses: Option<Vec<ContactPoint>>,
        /// Phone numbers.
        pub phone_numbers: Option<Vec<ContactPoint>>,
        /// Postal addresses.
        pub addresses: Option<Vec<ContactPoint>>,
        /// Web pages.
        pub website_addresses: Option<Vec<ContactPoint>>,
        /// Social media addresses, which have no kind.
        pub social_media_addresses: Option<Vec<ContactPoint>>,
        /// Values of custom fields.
        pub custom_fields: Option<CustomFields>,
        /// Time at which the person was added to Greenhouse.
        pub created_at: Option<DateTime<Utc>>,
        /// Time of the last change.
        pub updated_at: Option<DateTime<Utc>>,
    }
}

impl Candidate {
    /// Returns the custom fields to write so that only `changes` take effect; see
    /// [`merge_custom_fields`](super::merge_custom_fields).
    ///
    /// # Errors
    ///
    /// [`MergeError`] if another field would be lost.
    pub fn custom_fields_with(
        &self,
        changes: &CustomFieldChanges,
    ) -> Result<Vec<NewCustomFieldValue>, MergeError> {
        merge_of_row(self.custom_fields.as_ref(), &self.unknown, changes)
    }
}

part! {
    /// Contact data of a person: an address of any kind, or a phone number.
    pub struct ContactPoint {
        /// Address or number.
        pub value: Option<String>,
        /// Kind, such as `personal` or `work` (documented).
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
    fn debug_shows_no_personal_data() {
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
