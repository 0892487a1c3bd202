use mock_greenhouse::{ANONYMIZATION_WORDS, MockGreenhouse};
use serde_json::{Value, json};

use crate::support::{Caller, Scene};

/// Creates a candidate with a value for every word that has a member in the mock.
async fn rich_candidate(scene: &Scene) -> i64 {
    let greenhouse = &scene.greenhouse;
    for kind in ["candidate", "application", "rejection_question"] {
        greenhouse
            .seed_custom_field(kind, "Level", "short_text", &[])
            .unwrap();
    }
    let level = json!([{ "name_key": "level", "value": "x" }]);
    let users = (greenhouse.site_admin(), greenhouse.source());
    let body = json!({
        "first_name": "Mira", "last_name": "Okafor", "company": "Acme", "title": "Nurse",
        "email_addresses": [{ "value": "mira@example.org", "type": "personal" }],
        "phone_numbers": [{ "value": "1", "type": "home" }], "addresses": [{ "value": "Here", "type": "home" }],
        "website_addresses": [{ "value": "https://m.example", "type": "blog" }],
        "social_media_addresses": [{ "value": "@m" }], "tags": ["good"], "custom_fields": level,
        "application": {
            "job_id": scene.job.job_id, "initial_stage_id": scene.stage("Offer"), "source_id": users.1, "recruiter_id": users.0,
            "coordinator_id": users.0, "referrer_id": users.0, "custom_fields": level,
        },
    });
    let created = scene.harvest.post("/v3/candidates", body).await.json();
    let candidate = created["candidate"]["id"].as_i64().unwrap();
    let application = created["application"]["id"].as_i64().unwrap();
    for kind in ["NOTE", "ACTIVITY", "EMAIL"] {
        let mut note = json!({ "candidate_id": candidate, "note_type": kind, "visibility": "private", "body": kind });
        if kind == "EMAIL" {
            let mail = json!({ "subject": "s", "email_from": ["a@b.example"], "email_to": ["c@d.example"], "email_cc": [] });
            note.as_object_mut()
                .unwrap()
                .extend(mail.as_object().unwrap().clone());
        }
        assert_eq!(scene.harvest.post("/v3/notes", note).await.status, 201);
    }
    let file = json!({ "application_id": application, "filename": "a.pdf", "type": "other", "content": "YQ==" });
    assert_eq!(
        scene.harvest.post("/v3/attachments", file).await.status,
        201
    );
    let scorecard = greenhouse
        .seed_record(
            "scorecards",
            json!({ "application_id": application, "interview_kit_id": 7, "status": "complete" }),
        )
        .unwrap();
    greenhouse
        .seed_record(
            "scorecard_candidate_attributes",
            json!({ "scorecard_id": scorecard, "job_candidate_attribute_id": 7 }),
        )
        .unwrap();
    let interview =
        json!({ "job_id": scene.job.job_id, "application_id": application, "job_interview_id": 7 });
    let interview = greenhouse.seed_record("interviews", interview).unwrap();
    greenhouse
        .seed_record("interviewers", json!({ "interview_id": interview }))
        .unwrap();
    greenhouse.hire(application).await.unwrap();
    greenhouse.unhire(application).await.unwrap();
    let reject = json!({ "rejection_reason_id": greenhouse.rejection_reason(), "notes": "no", "custom_fields": level });
    let path = format!("/v3/applications/{application}/reject");
    assert_eq!(scene.harvest.post(&path, reject).await.status, 204);
    candidate
}

/// Returns all data that the mock stores, without the times of changes.
async fn stored(greenhouse: &MockGreenhouse) -> Value {
    let mut state = Caller::stranger(greenhouse)
        .get("/_mock/state")
        .await
        .json();
    without_times(&mut state);
    let offers: Vec<_> = greenhouse
        .applications()
        .iter()
        .map(|one| one.offer.is_some())
        .collect();
    state["offers"] = json!(offers);
    state
}

fn without_times(value: &mut Value) {
    match value {
        Value::Object(members) => {
            members.retain(|name, _| name != "updated_at" && name != "last_activity_at");
            members.values_mut().for_each(without_times);
        }
        Value::Array(items) => items.iter_mut().for_each(without_times),
        _ => {}
    }
}

/// Returns the paths at which two values differ. Lists of different lengths differ as a whole.
fn differences(one: &Value, other: &Value, at: &str, found: &mut Vec<String>) {
    match (one, other) {
        (Value::Object(left), Value::Object(right)) if left.len() == right.len() => {
            for (name, value) in left {
                differences(value, &right[name], &format!("{at}/{name}"), found);
            }
        }
        (Value::Array(left), Value::Array(right)) if left.len() == right.len() => {
            for (left, right) in left.iter().zip(right) {
                differences(left, right, at, found);
            }
        }
        _ if one == other => {}
        _ => found.push(at.trim_start_matches('/').to_owned()),
    }
}

/// Members of the candidate from [`rich_candidate`] that `word` erases. Any other word erases
/// nothing.
fn erased_by(word: &str) -> Vec<&'static str> {
    match word {
        "activity_items" | "emails" | "notes" => vec!["notes"],
        "addresses" => vec!["candidates/addresses"],
        "offers" | "all_offer_versions" => vec!["offers"],
        "attachments" => vec!["attachments"],
        "candidate_stage_data" => vec![
            "application_stages/current",
            "application_stages/entered_at",
            "application_stages/current",
            "application_stages/exited_at",
            "applications/job_interview_stage_id",
            "applications/stage_id",
            "applications/stage_name",
        ],
        "coordinator" => vec!["applications/coordinator_id"],
        "credited_to" => vec!["applications/referrer_id"],
        "current_company" => vec!["candidates/company"],
        "current_title" => vec!["candidates/title"],
        "custom_application_fields" => vec!["applications/custom_fields/level/value"],
        "custom_candidate_fields" => vec!["candidates/custom_fields/level/value"],
        "custom_rejection_question_fields" => {
            vec!["records/rejection_details/question_custom_fields/level/value"]
        }
        "email_addresses" => vec!["candidates/email_addresses"],
        "full_name" => vec!["candidates/first_name", "candidates/last_name"],
        "phone_numbers" => vec!["candidates/phone_numbers"],
        "recruiter" => vec!["applications/recruiter_id"],
        "rejection_notes" => vec!["notes", "records/rejection_details/rejection_note_id"],
        "rejection_reasons" => vec![
            "applications/rejection_reason_id",
            "records/rejection_details/rejection_reason_id",
        ],
        "scorecards_and_interviews" => vec![
            "records/interviewers",
            "records/interviews",
            "records/scorecard_candidate_attributes",
            "records/scorecards",
        ],
        "social_media_links" => vec!["candidates/social_media_addresses"],
        "source" => vec!["applications/source_id"],
        "tags" => vec!["candidates/tags", "records/applied_candidate_tags"],
        "websites" => vec!["candidates/website_addresses"],
        _ => Vec::new(),
    }
}

#[tokio::test]
async fn each_of_the_42_words_erases_exactly_what_it_names() {
    for word in ANONYMIZATION_WORDS {
        let scene = Scene::new().await;
        let candidate = rich_candidate(&scene).await;
        let bystander = scene.greenhouse.seed_candidate("Bo", "B", "bo@example.org");
        let before = stored(&scene.greenhouse).await;
        scene
            .greenhouse
            .anonymize(candidate, &[word])
            .await
            .unwrap();
        let after = stored(&scene.greenhouse).await;
        let mut found = Vec::new();
        differences(&before, &after, "", &mut found);
        let mut expected = erased_by(word);
        expected.sort_unstable();
        found.sort_unstable();
        assert_eq!(found, expected, "{word}");
        assert!(
            scene
                .greenhouse
                .candidate(bystander)
                .unwrap()
                .email()
                .is_some()
        );
        assert!(scene.greenhouse.settle().await);
    }
}

#[tokio::test]
async fn a_name_becomes_anonymized_and_the_id_of_the_candidate() {
    let scene = Scene::new().await;
    let candidate = scene
        .greenhouse
        .seed_candidate("Mira", "Okafor", "mira@example.org");
    scene
        .greenhouse
        .anonymize(candidate, &["full_name"])
        .await
        .unwrap();
    let person = scene.greenhouse.candidate(candidate).unwrap();
    assert_eq!(
        (person.first_name, person.last_name),
        ("Anonymized".to_owned(), candidate.to_string())
    );
}
