//! Deliveries with the size and number of members of real deliveries.

use std::fmt::Write;

use chrono::{DateTime, TimeDelta, Utc};
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::Sha256;

use crate::host::{HOOK, HOOK_SECRET};

/// Source of deliveries. Each delivery is new and concerns the next link. Rounds alternate between
/// rejections and unrejections.
pub(crate) struct Deliveries {
    links: i64,
    next: i64,
}

impl Deliveries {
    pub(crate) fn to(links: i64) -> Self {
        Self { links, next: 0 }
    }

    /// Returns the next complete requests.
    pub(crate) fn requests(&mut self, count: usize) -> Vec<Vec<u8>> {
        (0..count).map(|_| self.request()).collect()
    }

    fn request(&mut self) -> Vec<u8> {
        let number = self.next;
        self.next += 1;
        let body = body(number % self.links, number / self.links);
        let mut head = String::new();
        write!(
            head,
            "POST {} HTTP/1.1\r\nhost: host.example\r\ncontent-type: application/json\r\n\
             signature: sha256 {}\r\n{EVENT_ID}: {number:032x}\r\ncontent-length: {}\r\n\r\n",
            PATH.replace("{hook}", HOOK),
            signature(body.as_bytes()),
            body.len()
        )
        .unwrap();
        (head + &body).into_bytes()
    }
}

/// Returns the length of a sealed body.
pub(crate) fn sealed_len() -> usize {
    body(0, 0).len() + SEAL
}

pub(crate) fn candidate(link: i64) -> i64 {
    7_310_000_002 + link
}

pub(crate) fn application(link: i64) -> i64 {
    7_410_000_002 + link
}

/// Returns the event for a link in a round. Each round is an hour after the previous round.
fn body(link: i64, round: i64) -> String {
    let rejected = round % 2 == 0;
    let at = DateTime::<Utc>::UNIX_EPOCH + TimeDelta::hours(490_000 + round);
    let at = at.format("%Y-%m-%dT%H:%M:%SZ").to_string();
    let application = json!({
        "id": application(link),
        "rejected_at": rejected.then_some(&at),
        "prospect": false,
        "status": if rejected { "rejected" } else { "active" },
        "applied_at": "2025-10-01T09:30:00Z",
        "last_activity_at": at,
        "url": format!("https://app.greenhouse.io/people/{}?application_id={}", candidate(link), application(link)),
        "source": { "id": 27, "public_name": "LinkedIn" },
        "credited_to": { "id": 15, "email": "grace@customer.example", "name": "Grace Stone", "employee_id": "E-204" },
        "rejection_reason": rejected.then(|| json!({
            "id": 14,
            "name": "Other candidates were a closer match",
            "type": { "id": 3, "name": "We rejected them" }
        })),
        "rejection_details": rejected.then(|| json!({ "custom_fields": fields("question_after_rejection", 2) })),
        "current_stage": { "id": 4, "name": "Take Home Test", "interviews": [interview(1), interview(2)] },
        "custom_fields": fields("application_field", 5),
        "candidate": person(link),
        "jobs": [job()],
    });
    let action = if rejected {
        "reject_candidate"
    } else {
        "unreject_candidate"
    };
    json!({ "action": action, "payload": { "application": application } }).to_string()
}

fn person(link: i64) -> Value {
    let email = format!("morgan.field.{link}@mail.example");
    json!({
        "id": candidate(link),
        "first_name": "Morgan",
        "last_name": format!("Field {link}"),
        "title": "Account Executive",
        "company": "Northwind Traders",
        "created_at": "2025-09-30T18:24:44Z",
        "external_id": null,
        "photo_url": null,
        "is_private": false,
        "can_email": true,
        "phone_numbers": [{ "value": "555-0100", "type": "mobile" }],
        "email_addresses": [{ "value": email, "type": "personal" }],
        "addresses": [{ "value": "12 Station Road, Springfield", "type": "home" }],
        "website_addresses": [{ "value": "morgan.example", "type": "personal" }],
        "social_media_addresses": [{ "value": "social.example/morgan" }],
        "educations": [{
            "school_name": "State University",
            "degree": "Bachelor's Degree",
            "discipline": "Economics",
            "start_date": "01/09/2012",
            "end_date": "30/06/2016"
        }],
        "employments": [{
            "company_name": "Northwind Traders",
            "title": "Sales Development Representative",
            "start_date": "01/08/2016",
            "end_date": null
        }],
        "recruiter": { "id": 55, "email": "rosa@customer.example", "name": "Rosa Hill", "employee_id": "E-118" },
        "coordinator": null,
        "attachments": [{
            "filename": "resume.pdf",
            "url": "https://files.greenhouse.example/attachments/resume.pdf?signature=6f1d6f1d6f1d6f1d6f1d6f1d",
            "type": "resume"
        }],
        "tags": ["Imported", "Spoke at the fair"],
        "custom_fields": fields("candidate_field", 5),
    })
}

fn job() -> Value {
    json!({
        "id": 3,
        "name": "Account Executive, Mid-Market",
        "requisition_id": "R-2026-31",
        "notes": "Two seats, one of them from April",
        "confidential": false,
        "job_post_id": 54_321,
        "status": "open",
        "created_at": "2025-08-02T22:59:29Z",
        "opened_at": "2025-08-23T00:25:04Z",
        "closed_at": null,
        "departments": [{ "id": 237, "name": "Sales", "external_id": "d-7" }],
        "offices": [{ "id": 9_099, "name": "Springfield", "location": "Springfield, United States", "external_id": "o-2" }],
        "custom_fields": fields("job_field", 4),
    })
}

fn interview(number: i64) -> Value {
    json!({
        "id": 113_100 + number,
        "name": format!("Conversation {number}"),
        "status": "to_be_scheduled",
        "interview_kit": {
            "url": "https://app.greenhouse.io/guides/113153/people/265772",
            "content": "Listen for how the candidate finds out what the customer needs",
            "questions": [{ "id": 11_053 + number, "question": "How did the candidate open the call?" }]
        },
        "interviewers": [{ "id": 2_622, "display_name": "Carl Moss", "status": "tentative" }]
    })
}

fn fields(name: &str, count: usize) -> Value {
    let field = |number| {
        let value = json!({ "name": format!("{name} {number}"), "type": "short_text", "value": "As discussed" });
        (format!("{name}_{number}"), value)
    };
    Value::Object((0..count).map(field).collect())
}

fn signature(body: &[u8]) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(HOOK_SECRET.as_bytes()).unwrap();
    mac.update(body);
    let digest = mac.finalize().into_bytes();
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

pub(crate) const PATH: &str = "/api/webhooks/greenhouse/{hook}";
pub(crate) const EVENT_ID: &str = "greenhouse-event-id";
/// Overhead of a sealed body in bytes.
pub(crate) const SEAL: usize = 49;
