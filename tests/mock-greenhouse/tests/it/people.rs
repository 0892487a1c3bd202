use serde_json::{Value, json};

use crate::support::{Receiver, Scene, scene_with_hooks};

const AT: &str = "2026-06-02T12:00:00Z";

fn body_of(receiver: &Receiver, action: &str) -> Value {
    let mut received = receiver.to(&format!("/{action}"));
    assert_eq!(received.len(), 2, "the ping and one {action}");
    received.remove(1).json()["payload"].clone()
}

fn quiet(receiver: &Receiver, action: &str) -> bool {
    receiver.to(&format!("/{action}")).len() == 1
}

fn deleted_person(id: i64) -> Value {
    json!({
        "id": id, "first_name": "Mira", "last_name": "Okafor", "company": null, "title": null, "created_at": AT, "headline": null,
        "is_private": false, "recruiter_user_id": null, "coordinator_user_id": null, "can_email": true,
    })
}

fn with(mut object: Value, name: &str, value: Value) -> Value {
    object[name] = value;
    object
}

/// Creates a loser with applications to the first and second jobs, and a winner with an application
/// to the first job.
async fn two_people(scene: &Scene) -> (i64, i64, i64, i64) {
    let other_job = scene.greenhouse.seed_job("Recruiter", &["Review"]).job_id;
    let winner = scene
        .greenhouse
        .seed_candidate("Mira", "O.", "mo@example.org");
    scene
        .greenhouse
        .seed_application(winner, scene.job.job_id)
        .unwrap();
    let loser = scene
        .greenhouse
        .seed_candidate("Mira", "Okafor", "mira@example.org");
    let falls = scene
        .greenhouse
        .seed_application(loser, scene.job.job_id)
        .unwrap();
    let lives = scene.greenhouse.seed_application(loser, other_job).unwrap();
    (winner, loser, falls, lives)
}

#[tokio::test]
async fn a_merge_with_a_merge_hook_fires_merge_candidate_and_not_delete_candidate() {
    let (scene, receiver) =
        scene_with_hooks(&["merge_candidate", "delete_candidate", "delete_application"]).await;
    let (winner, loser, falls, lives) = two_people(&scene).await;
    assert_eq!(
        scene.greenhouse.merge(winner, loser).await.unwrap().len(),
        2
    );
    assert_eq!(
        body_of(&receiver, "merge_candidate"),
        json!({ "person": with(deleted_person(loser), "new_candidate_id", json!(winner)) })
    );
    assert!(quiet(&receiver, "delete_candidate"));
    assert_eq!(
        body_of(&receiver, "delete_application")["application"]["id"],
        falls
    );
    assert!(
        scene.greenhouse.application(falls).is_none()
            && scene.greenhouse.candidate(loser).is_none()
    );
    assert_eq!(
        scene.greenhouse.application(lives).unwrap().candidate_id,
        winner
    );
    let emails = scene.greenhouse.candidate(winner).unwrap().email_addresses;
    assert_eq!(emails.len(), 2, "the winner has both addresses");
    assert!(scene.greenhouse.merge(winner, winner).await.is_err());
}

#[tokio::test]
async fn a_merge_without_a_merge_hook_fires_delete_candidate_without_applications() {
    let (scene, receiver) = scene_with_hooks(&["delete_candidate"]).await;
    let (winner, loser, ..) = two_people(&scene).await;
    scene.greenhouse.merge(winner, loser).await.unwrap();
    assert_eq!(
        body_of(&receiver, "delete_candidate"),
        json!({ "person": with(deleted_person(loser), "deleted_application_ids", json!([])) })
    );
}

#[tokio::test]
async fn deleting_a_candidate_deletes_its_applications_without_events_for_them() {
    let (scene, receiver) = scene_with_hooks(&["delete_candidate", "delete_application"]).await;
    let (_, loser, falls, lives) = two_people(&scene).await;
    scene.greenhouse.delete_candidate(loser).await.unwrap();
    assert_eq!(
        body_of(&receiver, "delete_candidate"),
        json!({ "person": with(deleted_person(loser), "deleted_application_ids", json!([falls, lives])) })
    );
    assert!(quiet(&receiver, "delete_application"));
    assert_eq!(scene.greenhouse.applications().len(), 1);
    assert!(scene.greenhouse.delete_candidate(loser).await.is_err());
}

#[tokio::test]
async fn a_deleted_application_has_a_flat_form() {
    let (scene, receiver) = scene_with_hooks(&["delete_application"]).await;
    let application = scene.new_application();
    let candidate = scene.greenhouse.candidates()[0].id;
    scene.greenhouse.reject(application).await.unwrap();
    scene
        .greenhouse
        .delete_application(application)
        .await
        .unwrap();
    assert_eq!(
        body_of(&receiver, "delete_application"),
        json!({ "application": {
            "id": application, "candidate_id": candidate, "job_id": scene.job.job_id, "created_at": AT, "source_id": null,
            "candidate_rejection_reason_id": scene.greenhouse.rejection_reason(), "rejection_note_id": null, "rejected_at": AT,
            "referrer_id": null, "prospect": false, "rejected_by_user_id": null,
        } })
    );
    assert_eq!(
        scene.greenhouse.candidates().len(),
        1,
        "the candidate is kept"
    );
    assert!(scene.greenhouse.application_stages().is_empty());
}

#[tokio::test]
async fn anonymizing_clears_the_named_fields_and_deletes_offers_if_named() {
    let (scene, receiver) = scene_with_hooks(&["candidate_anonymized", "offer_deleted"]).await;
    let application = scene.new_application();
    let candidate = scene.greenhouse.candidates()[0].id;
    scene.greenhouse.hire(application).await.unwrap();
    let offer = scene.greenhouse.application(application).unwrap().offer;
    let fields = [
        "full_name",
        "email_addresses",
        "offers",
        "identity_verification",
    ];
    scene
        .greenhouse
        .anonymize(candidate, &fields)
        .await
        .unwrap();
    assert_eq!(
        body_of(&receiver, "candidate_anonymized"),
        json!({ "candidate_id": candidate, "anonymized_fields": fields })
    );
    assert_eq!(
        body_of(&receiver, "offer_deleted"),
        json!({ "offer": {
            "id": offer.unwrap().id, "application_id": application, "offering_user_id": null, "offer_status": "Accepted",
            "version": 1, "sent_on": "2026-06-02", "resolved_at": AT, "notes": null, "job_id": scene.job.job_id,
        } })
    );
    let person = scene.greenhouse.candidate(candidate).unwrap();
    assert_ne!(person.first_name, "Mira");
    assert!(person.email_addresses.is_empty());
}

#[tokio::test]
async fn anonymizing_the_stage_data_returns_to_the_first_stage_without_a_stage_change() {
    let (scene, receiver) = scene_with_hooks(&["candidate_stage_change"]).await;
    let application = scene.new_application();
    let offer = scene.stage("Offer");
    scene.greenhouse.move_to(application, offer).await.unwrap();
    let candidate = scene.greenhouse.candidates()[0].id;
    scene
        .greenhouse
        .anonymize(candidate, &["candidate_stage_data"])
        .await
        .unwrap();
    assert_eq!(
        scene
            .greenhouse
            .application(application)
            .unwrap()
            .job_interview_stage_id,
        Some(scene.stage("Application Review"))
    );
    body_of(&receiver, "candidate_stage_change");
}

#[tokio::test]
async fn a_hire_also_fires_offer_updated_and_an_unhire_reactivates() {
    let (scene, receiver) =
        scene_with_hooks(&["hire_candidate", "offer_updated", "unhire_candidate"]).await;
    let application = scene.new_application();
    assert_eq!(scene.greenhouse.hire(application).await.unwrap().len(), 2);
    let offer = scene.greenhouse.application(application).unwrap().offer;
    assert_eq!(
        body_of(&receiver, "offer_updated"),
        json!({
            "id": offer.unwrap().id, "application_id": application, "job_id": scene.job.job_id, "user_id": null, "version": 1,
            "sent_on": "2026-06-02", "resolved_at": AT, "start_date": null, "notes": null, "offer_status": "Accepted",
            "custom_fields": {},
        })
    );
    scene.greenhouse.unhire(application).await.unwrap();
    let undone = body_of(&receiver, "unhire_candidate")["application"].clone();
    assert_eq!(
        (&undone["status"], &undone["rejected_at"]),
        (&json!("active"), &json!(null))
    );
    assert_eq!(
        undone["current_stage"]["id"],
        scene.stage("Application Review")
    );
    assert!(scene.greenhouse.unhire(application).await.is_err());
    scene.greenhouse.hire(application).await.unwrap();
    let again = scene.greenhouse.application(application).unwrap().offer;
    assert_eq!(again.unwrap().version, 2);
}

#[tokio::test]
async fn an_application_created_in_greenhouse_fires_an_event_with_the_full_job() {
    let (scene, receiver) = scene_with_hooks(&["new_candidate_application"]).await;
    let candidate = scene.greenhouse.seed_candidate("Mira", "Okafor", "m@x.org");
    let (application, _) = scene
        .greenhouse
        .apply(candidate, scene.job.job_id)
        .await
        .unwrap();
    let body = body_of(&receiver, "new_candidate_application");
    let event = &body["application"];
    assert_eq!(
        (&event["id"], &event["status"], &event["prospect"]),
        (&json!(application), &json!("active"), &json!(false))
    );
    assert_eq!(event["current_stage"]["name"], "Application Review");
    let job = event["jobs"][0].as_object().unwrap();
    assert!(job.contains_key("hiring_team") && job.contains_key("url"));
    assert!(event.as_object().unwrap().contains_key("prospect_detail"));
}

#[tokio::test]
async fn the_event_of_a_prospect_has_no_stage_and_the_jobs_it_may_suit() {
    let (scene, receiver) = scene_with_hooks(&["new_prospect_application"]).await;
    let candidate = scene.greenhouse.seed_candidate("Mira", "Okafor", "m@x.org");
    scene
        .greenhouse
        .add_prospect(candidate, &[scene.job.job_id])
        .await
        .unwrap();
    let body = body_of(&receiver, "new_prospect_application");
    let event = &body["application"];
    assert_eq!(
        (
            &event["prospect"],
            &event["current_stage"],
            &event["status"]
        ),
        (&json!(true), &json!(null), &json!("active"))
    );
    assert_eq!(event["jobs"][0]["id"], scene.job.job_id);
    assert!(!event["candidate"].as_object().unwrap().contains_key("url"));
}

#[tokio::test]
async fn the_event_of_a_changed_candidate_omits_privacy_and_update_times() {
    let (scene, receiver) = scene_with_hooks(&["update_candidate"]).await;
    let candidate = scene.greenhouse.seed_candidate("Mira", "Okafor", "m@x.org");
    scene
        .greenhouse
        .change_email(candidate, "new@example.org")
        .await
        .unwrap();
    let changed = body_of(&receiver, "update_candidate")["candidate"].clone();
    assert_eq!(changed["id"], candidate);
    assert_eq!(changed["email_addresses"][0]["value"], "new@example.org");
    for absent in ["is_private", "can_email", "updated_at"] {
        assert!(!changed.as_object().unwrap().contains_key(absent));
    }
    let path = format!("/v3/candidates/{candidate}");
    scene.harvest.patch(&path, json!({ "title": "Boss" })).await;
    assert!(scene.greenhouse.settle().await);
    let received = receiver.to("/update_candidate").pop().unwrap();
    assert_eq!(received.json()["payload"]["candidate"]["title"], "Boss");
}
