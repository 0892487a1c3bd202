//! Payloads of application events, in the form of the published samples.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::payloads::custom_fields::webhook_form;
use crate::rows::{
    Application, Attachment, Candidate, Job, JobInterviewStage, RejectionReason, User,
};
use crate::time::seconds;
use crate::urls;

/// The data of an application event.
pub(crate) struct Subject<'a> {
    pub(crate) application: &'a Application,
    pub(crate) candidate: &'a Candidate,
    pub(crate) job: Option<&'a Job>,
    pub(crate) stage: Option<&'a JobInterviewStage>,
    pub(crate) reason: Option<&'a RejectionReason>,
    pub(crate) attachments: Vec<&'a Attachment>,
    /// The prospect's jobs.
    pub(crate) prospective_jobs: Vec<&'a Job>,
    /// Answers to the questions of a rejection.
    pub(crate) answers: Option<&'a Map<String, Value>>,
    /// Users to whom custom fields can refer, by id.
    pub(crate) users: &'a BTreeMap<i64, User>,
}

/// Returns the payload for `action`, or `None` if its body is not modelled.
pub(crate) fn payload(action: &str, subject: &Subject<'_>) -> Option<Value> {
    let application = match action {
        "candidate_stage_change" => application_of(subject, Source::Name, jobs(subject)),
        "reject_candidate" | "unreject_candidate" | "unhire_candidate" => {
            application_of(subject, Source::PublicName, jobs(subject))
        }
        "new_candidate_application" => new_candidate_application(subject),
        "new_prospect_application" => new_prospect_application(subject),
        "application_updated" => application_updated(subject),
        "hire_candidate" => hire_candidate(subject),
        _ => return None,
    };
    Some(json!({ "application": application }))
}

/// Member with the name of a source: `name` in some actions, `public_name` in others (published
/// samples).
#[derive(Clone, Copy)]
enum Source {
    Name,
    PublicName,
}

fn application_of(subject: &Subject<'_>, source: Source, jobs: Value) -> Value {
    let application = subject.application;
    json!({
        "id": application.id,
        "rejected_at": application.rejected_at.map(seconds),
        "prospect": application.prospect,
        "status": application.status.as_filter(),
        "applied_at": seconds(application.created_at),
        "last_activity_at": seconds(application.last_activity_at),
        "url": urls::profile(subject.candidate.id, subject.application.id),
        "source": source_of(application, source),
        "credited_to": null,
        "rejection_reason": subject.reason.map(reason),
        "rejection_details": rejection_details(subject),
        "current_stage": subject.stage.map(|stage| json!({ "id": stage.id, "name": stage.name, "interviews": [] })),
        "custom_fields": webhook_form(&application.custom_fields, subject.users),
        "candidate": candidate(subject),
        "jobs": jobs,
    })
}

/// Returns the application in `application_updated`. `jobs` is empty in every published sample,
/// although the application is not a prospect. The members of `prospect_detail` are null.
fn application_updated(subject: &Subject<'_>) -> Value {
    let mut application = application_of(subject, Source::Name, json!([]));
    put_prospect_detail(&mut application);
    application
}

fn put_prospect_detail(application: &mut Value) {
    if let Some(members) = application.as_object_mut() {
        let detail =
            json!({ "prospect_owner": null, "prospect_pool": null, "prospect_stage": null });
        members.insert("prospect_detail".to_owned(), detail);
    }
}

/// Returns the application in `new_candidate_application`, the only body whose jobs have
/// `hiring_team` and `url`.
fn new_candidate_application(subject: &Subject<'_>) -> Value {
    let mut jobs = jobs(subject);
    for job in jobs.as_array_mut().into_iter().flatten() {
        if let Some(members) = job.as_object_mut() {
            let url = members.get("id").map(urls::job);
            let team = json!({ "hiring_managers": [], "sourcers": [], "recruiters": [], "coordinators": [] });
            members.insert("url".to_owned(), json!(url));
            members.insert("hiring_team".to_owned(), team);
        }
    }
    let mut application = application_of(subject, Source::Name, jobs);
    put_prospect_detail(&mut application);
    application
}

/// Returns the application in `new_prospect_application`. The stage is null, and the jobs are the
/// prospect's possible jobs. The candidate has no `url`.
fn new_prospect_application(subject: &Subject<'_>) -> Value {
    let jobs = subject
        .prospective_jobs
        .iter()
        .map(|job| job_of(job, None, subject.users))
        .collect();
    let mut application = application_of(subject, Source::PublicName, Value::Array(jobs));
    if let Some(person) = application
        .get_mut("candidate")
        .and_then(Value::as_object_mut)
    {
        person.remove("url");
    }
    application
}

/// Returns the application in `hire_candidate`. In every sample since 2016, it has a different
/// form, without a status, stage or `last_activity_at`.
fn hire_candidate(subject: &Subject<'_>) -> Value {
    let application = subject.application;
    let mut person = candidate(subject);
    if let Some(members) = person.as_object_mut() {
        for absent in [
            "created_at",
            "company",
            "photo_url",
            "website_addresses",
            "social_media_addresses",
            "tags",
        ] {
            members.remove(absent);
        }
    }
    json!({
        "id": application.id,
        "opening": { "opening_id": application.job_id.map(|job| format!("{job}-1")), "custom_fields": [] },
        "credited_to": null,
        "source": source_of(application, Source::PublicName),
        "url": urls::profile(subject.candidate.id, subject.application.id),
        "candidate": person,
        "job": subject.job.map(|job| deprecated_job(job, subject.users)),
        "jobs": subject.job.map(|job| hired_job(job, subject.users)).into_iter().collect::<Vec<_>>(),
        "custom_fields": webhook_form(&application.custom_fields, subject.users),
        "offer": application.offer.as_ref().map(|offer| json!({
            "id": offer.id,
            "version": offer.version,
            "created_at": seconds(offer.created_at),
            "sent_at": offer.created_at.date_naive().to_string(),
            "resolved_at": seconds(offer.resolved_at),
            "starts_at": offer.starts_at.map(|date| date.to_string()),
            "custom_fields": {},
        })),
    })
}

fn candidate(subject: &Subject<'_>) -> Value {
    let candidate = subject.candidate;
    json!({
        "id": candidate.id,
        "first_name": candidate.first_name,
        "last_name": candidate.last_name,
        "title": candidate.title,
        "company": candidate.company,
        "created_at": seconds(candidate.created_at),
        "external_id": null,
        "photo_url": null,
        "url": urls::candidate(candidate.id),
        "is_private": candidate.private,
        "can_email": candidate.can_email,
        "phone_numbers": candidate.phone_numbers,
        "email_addresses": candidate.email_addresses,
        "addresses": candidate.addresses,
        "website_addresses": candidate.website_addresses,
        "social_media_addresses": candidate.social_media_addresses,
        "educations": [],
        "employments": [],
        "recruiter": null,
        "coordinator": null,
        "attachments": subject.attachments.iter().map(|file| attachment(file)).collect::<Vec<_>>(),
        "tags": candidate.tags,
        "custom_fields": webhook_form(&candidate.custom_fields, subject.users),
    })
}

fn jobs(subject: &Subject<'_>) -> Value {
    let job = subject
        .job
        .map(|job| job_of(job, subject.application.job_post_id, subject.users));
    Value::Array(job.into_iter().collect())
}

fn job_of(job: &Job, job_post_id: Option<i64>, users: &BTreeMap<i64, User>) -> Value {
    json!({
        "id": job.id,
        "name": job.name,
        "requisition_id": job.requisition_id,
        "notes": job.notes,
        "confidential": job.confidential,
        "job_post_id": job_post_id,
        "status": job.status,
        "created_by_id": null,
        "created_at": seconds(job.created_at),
        "opened_at": job.opened_at.map(seconds),
        "closed_at": job.closed_at.map(seconds),
        "departments": [],
        "offices": [],
        "custom_fields": webhook_form(&job.custom_fields, users),
    })
}

fn hired_job(job: &Job, users: &BTreeMap<i64, User>) -> Value {
    json!({
        "id": job.id,
        "name": job.name,
        "requisition_id": job.requisition_id,
        "confidential": job.confidential,
        "opened_at": job.opened_at.map(seconds),
        "closed_at": job.closed_at.map(seconds),
        "departments": [],
        "offices": [],
        "custom_fields": webhook_form(&job.custom_fields, users),
    })
}

/// Returns the deprecated member `job` of a hire.
fn deprecated_job(job: &Job, users: &BTreeMap<i64, User>) -> Value {
    json!({
        "id": job.id,
        "name": job.name,
        "open_date": job.opened_at.map(seconds),
        "close_date": job.closed_at.map(seconds),
        "requisition_id": job.requisition_id,
        "departments": [],
        "offices": [],
        "custom_fields": webhook_form(&job.custom_fields, users),
    })
}

pub(super) fn attachment(file: &Attachment) -> Value {
    json!({ "filename": file.filename, "url": file.url, "type": file.kind })
}

fn reason(reason: &RejectionReason) -> Value {
    json!({ "id": reason.id, "name": reason.name, "type": { "id": reason.kind.id, "name": reason.kind.name } })
}

fn rejection_details(subject: &Subject<'_>) -> Option<Value> {
    subject
        .reason
        .map(|_| json!({ "custom_fields": subject.answers.map(|answers| webhook_form(answers, subject.users)).unwrap_or_else(|| json!({})) }))
}

fn source_of(application: &Application, spelling: Source) -> Option<Value> {
    application.source_id.map(|id| match spelling {
        Source::Name => json!({ "id": id, "name": "Integration" }),
        Source::PublicName => json!({ "id": id, "public_name": "Integration" }),
    })
}
