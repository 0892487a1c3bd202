use serde_json::{Value, json};

use crate::support::{Receiver, Set, hooked};

const AT: &str = "2026-06-02T12:00:00Z";

fn told(receiver: &Receiver, action: &str) -> Value {
    let mut received = receiver.to(&format!("/{action}"));
    assert_eq!(received.len(), 2, "the ping and one {action}");
    received.remove(1).json()["payload"].clone()
}

fn quiet(receiver: &Receiver, action: &str) -> bool {
    receiver.to(&format!("/{action}")).len() == 1
}

fn gone(id: i64) -> Value {
    json!({
        "id": id, "first_name": "Mira", "last_name": "Okafor", "company": null, "title": null, "created_at": AT, "headline": null,
        "is_private": false, "recruiter_user_id": null, "coordinator_user_id": null, "can_email": true,
    })
}

fn with(mut object: Value, name: &str, value: Value) -> Value {
    object[name] = value;
    object
}

/// A loser with an application to the first job and one to a second job; the winner has one to the
/// first.
async fn two_people(set: &Set) -> (i64, i64, i64, i64) {
    let other_job = set.greenhouse.seed_job("Recruiter", &["Review"]).job_id;
    let winner = set
        .greenhouse
        .seed_candidate("Mira", "O.", "mo@example.org");
    set.greenhouse
        .seed_application(winner, set.job.job_id)
        .unwrap();
    let loser = set
        .greenhouse
        .seed_candidate("Mira", "Okafor", "mira@example.org");
    let falls = set
        .greenhouse
        .seed_application(loser, set.job.job_id)
        .unwrap();
    let lives = set.greenhouse.seed_application(loser, other_job).unwrap();
    (winner, loser, falls, lives)
}

#[tokio::test]
async fn a_merge_with_a_merge_hook_fires_merge_candidate_and_not_delete_candidate() {
    let (set, receiver) =
        hooked(&["merge_candidate", "delete_candidate", "delete_application"]).await;
    let (winner, loser, falls, lives) = two_people(&set).await;
    assert_eq!(set.greenhouse.merge(winner, loser).await.unwrap().len(), 2);
    assert_eq!(
        told(&receiver, "merge_candidate"),
        json!({ "person": with(gone(loser), "new_candidate_id", json!(winner)) })
    );
    assert!(quiet(&receiver, "delete_candidate"));
    assert_eq!(
        told(&receiver, "delete_application")["application"]["id"],
        falls
    );
    assert!(
        set.greenhouse.application(falls).is_none() && set.greenhouse.candidate(loser).is_none()
    );
    assert_eq!(
        set.greenhouse.application(lives).unwrap().candidate_id,
        winner
    );
    let emails = set.greenhouse.candidate(winner).unwrap().email_addresses;
    assert_eq!(emails.len(), 2, "the winner has both addresses");
    assert!(set.greenhouse.merge(winner, winner).await.is_err());
}

#[tokio::test]
async fn a_merge_without_a_merge_hook_fires_delete_candidate_without_applications() {
    let (set, receiver) = hooked(&["delete_candidate"]).await;
    let (winner, loser, ..) = two_people(&set).await;
    set.greenhouse.merge(winner, loser).await.unwrap();
    assert_eq!(
        told(&receiver, "delete_candidate"),
        json!({ "person": with(gone(loser), "deleted_application_ids", json!([])) })
    );
}

#[tokio::test]
async fn a_deleted_candidate_takes_its_applications_along_without_a_hook_for_them() {
    let (set, receiver) = hooked(&["delete_candidate", "delete_application"]).await;
    let (_, loser, falls, lives) = two_people(&set).await;
    set.greenhouse.delete_candidate(loser).await.unwrap();
    assert_eq!(
        told(&receiver, "delete_candidate"),
        json!({ "person": with(gone(loser), "deleted_application_ids", json!([falls, lives])) })
    );
    assert!(quiet(&receiver, "delete_application"));
    assert_eq!(set.greenhouse.applications().len(), 1);
    assert!(set.greenhouse.delete_candidate(loser).await.is_err());
}

#[tokio::test]
async fn a_deleted_application_has_a_flat_form() {
    let (set, receiver) = hooked(&["delete_application"]).await;
    let application = set.applied();
    let candidate = set.greenhouse.candidates()[0].id;
    set.greenhouse.reject(application).await.unwrap();
    set.greenhouse
        .delete_application(application)
        .await
        .unwrap();
    assert_eq!(
        told(&receiver, "delete_application"),
        json!({ "application": {
            "id": application, "candidate_id": candidate, "job_id": set.job.job_id, "created_at": AT, "source_id": null,
            "candidate_rejection_reason_id": set.greenhouse.rejection_reason(), "rejection_note_id": null, "rejected_at": AT,
            "referrer_id": null, "prospect": false, "rejected_by_user_id": null,
        } })
    );
    assert_eq!(set.greenhouse.candidates().len(), 1, "the person stays");
    assert!(set.greenhouse.application_stages().is_empty());
}

#[tokio::test]
async fn anonymizing_takes_the_named_fields_and_with_offers_deletes_the_offers() {
    let (set, receiver) = hooked(&["candidate_anonymized", "offer_deleted"]).await;
    let application = set.applied();
    let candidate = set.greenhouse.candidates()[0].id;
    set.greenhouse.hire(application).await.unwrap();
    let offer = set.greenhouse.application(application).unwrap().offer;
    let fields = ["full_name", "emails", "offers", "identity_verification"];
    set.greenhouse.anonymize(candidate, &fields).await.unwrap();
    assert_eq!(
        told(&receiver, "candidate_anonymized"),
        json!({ "candidate_id": candidate, "anonymized_fields": fields })
    );
    assert_eq!(
        told(&receiver, "offer_deleted"),
        json!({ "offer": {
            "id": offer.unwrap().id, "application_id": application, "offering_user_id": null, "offer_status": "Accepted",
            "version": 1, "sent_on": "2026-06-02", "resolved_at": AT, "notes": null, "job_id": set.job.job_id,
        } })
    );
    let person = set.greenhouse.candidate(candidate).unwrap();
    assert_ne!(person.first_name, "Mira");
    assert!(person.email_addresses.is_empty());
}

#[tokio::test]
async fn anonymizing_the_stage_data_returns_to_the_first_stage_without_a_stage_change() {
    let (set, receiver) = hooked(&["candidate_stage_change"]).await;
    let application = set.applied();
    let offer = set.stage("Offer");
    set.greenhouse.move_to(application, offer).await.unwrap();
    let candidate = set.greenhouse.candidates()[0].id;
    set.greenhouse
        .anonymize(candidate, &["candidate_stage_data"])
        .await
        .unwrap();
    assert_eq!(
        set.greenhouse
            .application(application)
            .unwrap()
            .job_interview_stage_id,
        Some(set.stage("Application Review"))
    );
    told(&receiver, "candidate_stage_change");
}

#[tokio::test]
async fn a_hire_also_fires_offer_updated_and_an_unhire_makes_active_again() {
    let (set, receiver) = hooked(&["hire_candidate", "offer_updated", "unhire_candidate"]).await;
    let application = set.applied();
    assert_eq!(set.greenhouse.hire(application).await.unwrap().len(), 2);
    let offer = set.greenhouse.application(application).unwrap().offer;
    assert_eq!(
        told(&receiver, "offer_updated"),
        json!({
            "id": offer.unwrap().id, "application_id": application, "job_id": set.job.job_id, "user_id": null, "version": 1,
            "sent_on": "2026-06-02", "resolved_at": AT, "start_date": null, "notes": null, "offer_status": "Accepted",
            "custom_fields": {},
        })
    );
    set.greenhouse.unhire(application).await.unwrap();
    let undone = told(&receiver, "unhire_candidate")["application"].clone();
    assert_eq!(
        (&undone["status"], &undone["rejected_at"]),
        (&json!("active"), &json!(null))
    );
    assert_eq!(
        undone["current_stage"]["id"],
        set.stage("Application Review")
    );
    assert!(set.greenhouse.unhire(application).await.is_err());
    set.greenhouse.hire(application).await.unwrap();
    let again = set.greenhouse.application(application).unwrap().offer;
    assert_eq!(again.unwrap().version, 2);
}

#[tokio::test]
async fn an_application_made_in_greenhouse_is_told_with_the_job_in_full() {
    let (set, receiver) = hooked(&["new_candidate_application"]).await;
    let candidate = set.greenhouse.seed_candidate("Mira", "Okafor", "m@x.org");
    let (application, _) = set
        .greenhouse
        .apply(candidate, set.job.job_id)
        .await
        .unwrap();
    let body = told(&receiver, "new_candidate_application");
    let told = &body["application"];
    assert_eq!(
        (&told["id"], &told["status"], &told["prospect"]),
        (&json!(application), &json!("active"), &json!(false))
    );
    assert_eq!(told["current_stage"]["name"], "Application Review");
    let job = told["jobs"][0].as_object().unwrap();
    assert!(job.contains_key("hiring_team") && job.contains_key("url"));
    assert!(told.as_object().unwrap().contains_key("prospect_detail"));
}

#[tokio::test]
async fn a_prospect_is_told_without_a_stage_and_with_the_jobs_it_may_suit() {
    let (set, receiver) = hooked(&["new_prospect_application"]).await;
    let candidate = set.greenhouse.seed_candidate("Mira", "Okafor", "m@x.org");
    set.greenhouse
        .add_prospect(candidate, &[set.job.job_id])
        .await
        .unwrap();
    let body = told(&receiver, "new_prospect_application");
    let told = &body["application"];
    assert_eq!(
        (&told["prospect"], &told["current_stage"], &told["status"]),
        (&json!(true), &json!(null), &json!("active"))
    );
    assert_eq!(told["jobs"][0]["id"], set.job.job_id);
    assert!(!told["candidate"].as_object().unwrap().contains_key("url"));
}

#[tokio::test]
async fn a_changed_person_is_told_without_privacy_and_times_of_change() {
    let (set, receiver) = hooked(&["update_candidate"]).await;
    let candidate = set.greenhouse.seed_candidate("Mira", "Okafor", "m@x.org");
    set.greenhouse
        .change_email(candidate, "new@example.org")
        .await
        .unwrap();
    let changed = told(&receiver, "update_candidate")["candidate"].clone();
    assert_eq!(changed["id"], candidate);
    assert_eq!(changed["email_addresses"][0]["value"], "new@example.org");
    for absent in ["is_private", "can_email", "updated_at"] {
        assert!(!changed.as_object().unwrap().contains_key(absent));
    }
    let path = format!("/v3/candidates/{candidate}");
    set.harvest.patch(&path, json!({ "title": "Boss" })).await;
    assert!(set.greenhouse.settle().await);
    let received = receiver.to("/update_candidate").pop().unwrap();
    assert_eq!(received.json()["payload"]["candidate"]["title"], "Boss");
}
