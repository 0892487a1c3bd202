//! Mutations of small webhook bodies: every action with a rule, and two without.

use serde_json::{Value, json};

use crate::mutated::play;

#[test]
fn own_bodies_in_every_shape() {
    let bodies: Vec<_> = bodies()
        .into_iter()
        .map(|body| (body["action"].to_string(), body.to_string().into_bytes()))
        .collect();
    play(&bodies);
}

fn bodies() -> Vec<Value> {
    let mut bodies = Vec::new();
    for (action, status) in [
        ("reject_candidate", "rejected"),
        ("unreject_candidate", "active"),
        ("unhire_candidate", "active"),
        ("candidate_stage_change", "active"),
        ("application_updated", "hired"),
    ] {
        bodies.push(json!({ "action": action, "organization_id": 4_000_871_234_002_i64, "payload": { "application": {
            "id": 8_120_034_002_i64,
            "status": status,
            "last_activity_at": "2026-11-23T09:00:00Z",
            "current_stage": { "id": 5, "name": "Ein \"Gespräch\" \u{1f44b}", "interviews": [] },
            "candidate": { "id": 7_310_442_002_i64, "first_name": "Zoë", "tags": ["a", "b"] },
            "jobs": [{ "id": 70, "name": "Closer", "offices": [{ "id": 1 }] }],
            "prospect": false,
            "rejection_details": null,
        } } }));
    }
    let person = json!({ "id": 11, "new_candidate_id": 12, "deleted_application_ids": [22, 23] });
    for action in ["delete_candidate", "merge_candidate"] {
        bodies.push(json!({ "action": action, "payload": { "person": person } }));
    }
    bodies.extend([
        json!({ "action": "hire_candidate", "payload": { "application": {
            "id": 22, "candidate": { "id": 11 }, "jobs": [{ "id": 70 }],
            "offer": { "id": 9, "resolved_at": "2026-11-23T09:00:00Z", "starts_at": "2026-12-01" },
        } } }),
        json!({ "action": "delete_application", "payload": { "application": {
            "id": 22, "candidate_id": 11, "job_id": 70, "rejected_at": null,
        } } }),
        json!({ "action": "candidate_anonymized", "payload": {
            "candidate_id": 11, "anonymized_fields": ["full_name", "email_addresses", "phone_numbers"],
        } }),
        json!({ "action": "offer_created", "payload": { "id": 9, "application_id": 22, "job_id": 70 } }),
        json!({ "action": "job_updated", "payload": { "job": { "id": 70, "status": "open" } } }),
    ]);
    bodies
}
