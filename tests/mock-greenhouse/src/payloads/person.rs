//! Payloads of events about candidates, deleted applications and offers, in the form of the
//! published samples.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::payloads::application::attachment;
use crate::payloads::custom_fields::webhook_form;
use crate::rows::{Application, Attachment, Candidate, Offer, User};
use crate::time::seconds;
use crate::urls;

/// Returns the payload of `update_candidate`, without `is_private`, `can_email` or `updated_at`.
pub(crate) fn update_candidate(
    candidate: &Candidate,
    attachments: &[&Attachment],
    users: &BTreeMap<i64, User>,
) -> Value {
    json!({ "candidate": {
        "id": candidate.id,
        "first_name": candidate.first_name,
        "last_name": candidate.last_name,
        "title": candidate.title,
        "company": candidate.company,
        "created_at": seconds(candidate.created_at),
        "external_id": null,
        "photo_url": null,
        "url": urls::candidate(candidate.id),
        "phone_numbers": candidate.phone_numbers,
        "email_addresses": candidate.email_addresses,
        "addresses": candidate.addresses,
        "website_addresses": candidate.website_addresses,
        "social_media_addresses": candidate.social_media_addresses,
        "educations": [],
        "employments": [],
        "recruiter": null,
        "coordinator": null,
        "attachments": attachments.iter().map(|file| attachment(file)).collect::<Vec<_>>(),
        "tags": candidate.tags,
        "custom_fields": webhook_form(&candidate.custom_fields, users),
    } })
}

/// Returns the payload of `delete_candidate`, with the ids of the deleted applications.
pub(crate) fn delete_candidate(candidate: &Candidate, applications: &[i64]) -> Value {
    let mut person = person(candidate);
    put(&mut person, "deleted_application_ids", json!(applications));
    json!({ "person": person })
}

/// Returns the payload of `merge_candidate`. The current sample has no `deleted_application_ids`.
pub(crate) fn merge_candidate(loser: &Candidate, winner: i64) -> Value {
    let mut person = person(loser);
    put(&mut person, "new_candidate_id", json!(winner));
    json!({ "person": person })
}

/// Returns the payload of `candidate_anonymized`.
pub(crate) fn candidate_anonymized(candidate: i64, fields: &[String]) -> Value {
    json!({ "candidate_id": candidate, "anonymized_fields": fields })
}

/// Returns the payload of `delete_application`, which has its own flat form.
pub(crate) fn delete_application(application: &Application) -> Value {
    json!({ "application": {
        "id": application.id,
        "candidate_id": application.candidate_id,
        "job_id": application.job_id,
        "created_at": seconds(application.created_at),
        "source_id": application.source_id,
        "candidate_rejection_reason_id": application.rejection_reason_id,
        "rejection_note_id": null,
        "rejected_at": application.rejected_at.map(seconds),
        "referrer_id": application.referrer_id,
        "prospect": application.prospect,
        "rejected_by_user_id": null,
    } })
}

/// Returns the payload of `offer_updated`, in which the offer's members are at the top level.
pub(crate) fn offer_updated(application: &Application, offer: &Offer) -> Value {
    json!({
        "id": offer.id,
        "application_id": application.id,
        "job_id": application.job_id,
        "user_id": null,
        "version": offer.version,
        "sent_on": offer.created_at.date_naive().to_string(),
        "resolved_at": seconds(offer.resolved_at),
        "start_date": offer.starts_at.map(|date| date.format("%m/%d/%Y").to_string()),
        "notes": null,
        "offer_status": ACCEPTED,
        "custom_fields": {},
    })
}

/// Returns the payload of `offer_deleted`, in the form used since October 2024.
pub(crate) fn offer_deleted(application: &Application, offer: &Offer) -> Value {
    json!({ "offer": {
        "id": offer.id,
        "application_id": application.id,
        "offering_user_id": null,
        "offer_status": ACCEPTED,
        "version": offer.version,
        "sent_on": offer.created_at.date_naive().to_string(),
        "resolved_at": seconds(offer.resolved_at),
        "notes": null,
        "job_id": application.job_id,
    } })
}

/// Returns the members that the payloads of a deleted and of a merged candidate share.
fn person(candidate: &Candidate) -> Value {
    json!({
        "id": candidate.id,
        "first_name": candidate.first_name,
        "last_name": candidate.last_name,
        "company": candidate.company,
        "title": candidate.title,
        "created_at": seconds(candidate.created_at),
        "headline": null,
        "is_private": candidate.private,
        "recruiter_user_id": null,
        "coordinator_user_id": null,
        "can_email": candidate.can_email,
    })
}

fn put(object: &mut Value, name: &str, value: Value) {
    if let Some(members) = object.as_object_mut() {
        members.insert(name.to_owned(), value);
    }
}

const ACCEPTED: &str = "Accepted";
