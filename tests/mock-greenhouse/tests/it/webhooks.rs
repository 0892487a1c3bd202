use hmac::{Hmac, KeyInit, Mac};
use mock_greenhouse::{ActError, FromStageId};
use serde_json::{Value, json};
use sha2::Sha256;

use crate::support::{Received, Receiver, Scene, scene_with_hooks};

fn verifies(received: &Received, secret: &str) -> bool {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(&received.body);
    let hex: String = mac
        .finalize()
        .into_bytes()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    received.header("signature") == format!("sha256 {hex}")
}

fn body_of(receiver: &Receiver, action: &str) -> Value {
    receiver.to(&format!("/{action}")).last().unwrap().json()
}

#[tokio::test]
async fn a_hook_is_pinged_with_a_signed_body() {
    let (scene, receiver) = scene_with_hooks(&["hire_candidate"]).await;
    let ping = &receiver.received()[0];
    assert!(verifies(ping, "s3cret"));
    let hook = scene.greenhouse.hooks()[0].clone();
    let organization = scene.greenhouse.organization();
    assert_eq!(
        ping.json(),
        json!({
            "organization_id": organization.id, "organization_name": organization.name, "action": "ping",
            "payload": {
                "web_hook_id": hook.id, "endpoint_url": hook.url, "created_at": "2026-06-02T12:00:00Z",
                "updated_at": "2026-06-02T12:00:00Z", "name": "Candidate has been hired", "event": "Candidate has been hired",
                "active": true, "content-type": "application/json",
            },
        })
    );
}

#[tokio::test]
async fn a_failed_ping_leaves_the_hook_disabled() {
    let scene = Scene::new().await;
    let receiver = Receiver::start(|_| (204, String::new())).await;
    let hook = scene
        .greenhouse
        .add_hook("reject_candidate", &receiver.url, "s")
        .await
        .unwrap();
    assert!(!hook.active, "only 200 activates the hook");
    let unreachable = scene
        .greenhouse
        .add_hook("reject_candidate", "http://127.0.0.1:9/", "s")
        .await
        .unwrap();
    assert!(!unreachable.active);
    assert!(
        scene
            .greenhouse
            .reject(scene.new_application())
            .await
            .unwrap()
            .is_empty()
    );
    assert_eq!(receiver.received().len(), 1);
}

#[tokio::test]
async fn a_hook_has_one_of_29_actions() {
    let scene = Scene::new().await;
    let refused = scene
        .greenhouse
        .add_hook("candidate_rejected", "http://127.0.0.1:9/", "s")
        .await;
    assert!(matches!(refused, Err(ActError::Refused(_))));
}

#[tokio::test]
async fn a_delivery_begins_with_the_organization_and_is_signed_over_escaped_bytes() {
    let (scene, receiver) = scene_with_hooks(&["reject_candidate"]).await;
    let candidate = scene
        .greenhouse
        .seed_candidate("Zoë", "<O'Neil> & Co", "zoe@example.org");
    let application = scene
        .greenhouse
        .seed_application(candidate, scene.job.job_id)
        .unwrap();
    let delivery = scene
        .greenhouse
        .reject(application)
        .await
        .unwrap()
        .remove(0);
    assert!(delivery.is_delivered());
    let received = receiver.received().pop().unwrap();
    assert!(verifies(&received, "s3cret"));
    assert_eq!(received.body, delivery.body);
    let text = std::str::from_utf8(&received.body).unwrap();
    assert!(text.starts_with(r#"{"organization_id":4000177002,"organization_name":"Mock Organization","action":"reject_candidate","payload":{"#));
    assert!(
        text.is_ascii()
            && text.contains(r"Zo\u00eb")
            && text.contains(r"\u003cO'Neil\u003e \u0026 Co")
    );
    assert_eq!(received.header("content-type"), "application/json");
    assert_eq!(received.header("greenhouse-event-id"), delivery.event_id);
    assert!(!received.header("user-agent").is_empty());
}

#[tokio::test]
async fn a_rejection_has_the_published_shape() {
    let (scene, receiver) = scene_with_hooks(&["reject_candidate", "unreject_candidate"]).await;
    let application = scene.new_application();
    let candidate = scene
        .greenhouse
        .application(application)
        .unwrap()
        .candidate_id;
    scene.greenhouse.reject(application).await.unwrap();
    let at = "2026-06-02T12:00:00Z";
    let profile = format!("https://app.greenhouse.io/people/{candidate}");
    let wanted = json!({
        "id": application, "rejected_at": at, "prospect": false, "status": "rejected", "applied_at": at, "last_activity_at": at,
        "url": format!("{profile}?application_id={application}"), "source": null, "credited_to": null,
        "rejection_reason": {
            "id": scene.greenhouse.rejection_reason(), "name": "Lacking skills or qualifications",
            "type": { "id": 1, "name": "We rejected them" },
        },
        "rejection_details": { "custom_fields": {} },
        "current_stage": { "id": scene.stage("Application Review"), "name": "Application Review", "interviews": [] },
        "custom_fields": {},
        "candidate": {
            "id": candidate, "first_name": "Mira", "last_name": "Okafor", "title": null, "company": null, "created_at": at,
            "external_id": null, "photo_url": null, "url": profile, "is_private": false, "can_email": true, "phone_numbers": [],
            "email_addresses": [{ "value": "mira@example.org", "type": "personal" }], "addresses": [], "website_addresses": [],
            "social_media_addresses": [], "educations": [], "employments": [], "recruiter": null, "coordinator": null,
            "attachments": [], "tags": [], "custom_fields": {},
        },
        "jobs": [{
            "id": scene.job.job_id, "name": "Account Executive", "requisition_id": null, "notes": null, "confidential": false,
            "job_post_id": null, "status": "open", "created_by_id": null, "created_at": at, "opened_at": at, "closed_at": null,
            "departments": [], "offices": [], "custom_fields": {},
        }],
    });
    assert_eq!(
        body_of(&receiver, "reject_candidate")["payload"],
        json!({ "application": wanted })
    );

    scene
        .greenhouse
        .clock()
        .advance(std::time::Duration::from_secs(60));
    scene.greenhouse.unreject(application).await.unwrap();
    let undone = &body_of(&receiver, "unreject_candidate")["payload"]["application"];
    assert_eq!(
        (&undone["status"], &undone["rejected_at"]),
        (&json!("active"), &json!(null))
    );
    assert_eq!(
        (&undone["rejection_reason"], &undone["rejection_details"]),
        (&json!(null), &json!(null))
    );
    assert_eq!(
        undone["last_activity_at"], at,
        "undoing a rejection is not an activity"
    );
}

#[tokio::test]
async fn a_hire_has_neither_status_nor_stage_nor_last_activity() {
    let (scene, receiver) = scene_with_hooks(&["hire_candidate"]).await;
    let application = scene.new_application();
    scene.greenhouse.hire(application).await.unwrap();
    let body = body_of(&receiver, "hire_candidate");
    let hired = body["payload"]["application"].as_object().unwrap();
    for absent in [
        "status",
        "current_stage",
        "last_activity_at",
        "rejected_at",
        "applied_at",
        "prospect",
    ] {
        assert!(!hired.contains_key(absent), "{absent}");
    }
    for absent in [
        "created_at",
        "company",
        "photo_url",
        "website_addresses",
        "social_media_addresses",
        "tags",
    ] {
        assert!(
            !hired["candidate"].as_object().unwrap().contains_key(absent),
            "{absent}"
        );
    }
    assert_eq!(hired["id"], application);
    assert_eq!(
        (&hired["job"]["id"], &hired["jobs"][0]["id"]),
        (&json!(scene.job.job_id), &json!(scene.job.job_id))
    );
    assert_eq!(hired["offer"]["resolved_at"], "2026-06-02T12:00:00Z");
    assert_eq!(hired["offer"]["version"], 1);
}

#[tokio::test]
async fn a_move_fires_a_stage_change_and_no_update() {
    let (scene, receiver) =
        scene_with_hooks(&["candidate_stage_change", "application_updated"]).await;
    let application = scene.new_application();
    let offer = scene.stage("Offer");
    assert_eq!(
        scene
            .greenhouse
            .move_to(application, offer)
            .await
            .unwrap()
            .len(),
        1
    );
    let told_stage =
        &body_of(&receiver, "candidate_stage_change")["payload"]["application"]["current_stage"];
    assert_eq!(
        told_stage,
        &json!({ "id": offer, "name": "Offer", "interviews": [] })
    );
    assert_eq!(
        receiver.to("/application_updated").len(),
        1,
        "only the ping"
    );
    assert!(
        scene
            .greenhouse
            .move_to(application, offer)
            .await
            .unwrap()
            .is_empty(),
        "the application is already at the stage"
    );
}

#[tokio::test]
async fn an_update_has_no_jobs_and_a_prospect_detail() {
    let (scene, receiver) = scene_with_hooks(&["application_updated"]).await;
    scene
        .greenhouse
        .update_application(scene.new_application())
        .await
        .unwrap();
    let updated = &body_of(&receiver, "application_updated")["payload"]["application"];
    assert_eq!(
        (&updated["jobs"], &updated["status"]),
        (&json!([]), &json!("active"))
    );
    let detail = json!({ "prospect_owner": null, "prospect_pool": null, "prospect_stage": null });
    assert_eq!(updated["prospect_detail"], detail);
}

#[tokio::test]
async fn harvest_calls_also_fire_webhooks() {
    let (scene, receiver) = scene_with_hooks(&[
        "reject_candidate",
        "unreject_candidate",
        "hire_candidate",
        "candidate_stage_change",
    ])
    .await;
    let application = scene.new_application();
    let reason = json!({ "rejection_reason_id": scene.greenhouse.rejection_reason() });
    let next = json!({ "from_stage_id": scene.stage("Application Review") });
    for (verb, body, action) in [
        ("move", next, "candidate_stage_change"),
        ("reject", reason, "reject_candidate"),
        ("unreject", json!({}), "unreject_candidate"),
        ("hire", json!({}), "hire_candidate"),
    ] {
        assert_eq!(
            scene
                .harvest
                .post(&format!("/v3/applications/{application}/{verb}"), body)
                .await
                .status,
            204
        );
        assert!(scene.greenhouse.settle().await);
        assert_eq!(
            body_of(&receiver, action)["payload"]["application"]["id"],
            application
        );
    }
}

#[tokio::test]
async fn a_foreign_event_is_sent_and_leaves_the_state_unchanged() {
    let actions = [
        "reject_candidate",
        "unreject_candidate",
        "hire_candidate",
        "candidate_stage_change",
        "application_updated",
        "unhire_candidate",
        "new_candidate_application",
        "update_candidate",
        "delete_application",
        "delete_candidate",
        "candidate_anonymized",
    ];
    let (scene, receiver) = scene_with_hooks(&actions).await;
    for action in actions {
        // Each accepted form of `from_stage_id` allows the move.
        for from_stage_id in [FromStageId::JobStage, FromStageId::StageRow] {
            scene
                .greenhouse
                .switch(|switches| switches.from_stage_id = from_stage_id);
            assert!(scene.greenhouse.send_foreign_event(action).await.is_ok());
        }
        assert!(scene.greenhouse.send_foreign_event(action).await.unwrap()[0].is_delivered());
        let body = body_of(&receiver, action);
        assert_eq!(body["action"], action);
        let payload = &body["payload"];
        let named = [
            &payload["application"]["id"],
            &payload["candidate"]["id"],
            &payload["person"]["id"],
            &payload["candidate_id"],
        ];
        assert!(named.iter().any(|id| id.is_i64()), "{action}");
    }
    assert!(scene.greenhouse.applications().is_empty() && scene.greenhouse.candidates().is_empty());
    assert!(scene.greenhouse.application_stages().is_empty());
    assert!(scene.greenhouse.records("rejection_details").is_empty());
    assert_eq!(
        (
            scene.greenhouse.jobs().len(),
            scene.greenhouse.job_interview_stages().len()
        ),
        (1, 3)
    );
    assert!(
        scene
            .greenhouse
            .send_foreign_event("offer_created")
            .await
            .is_err()
    );
}

#[tokio::test]
async fn a_redelivery_has_the_same_body_and_event_id() {
    let (scene, receiver) = scene_with_hooks(&["reject_candidate"]).await;
    receiver.answers(|_| (503, String::new()));
    let first = scene
        .greenhouse
        .reject(scene.new_application())
        .await
        .unwrap()
        .remove(0);
    assert!(!first.is_delivered());
    receiver.answers(|_| (200, String::new()));
    let again = scene.greenhouse.redeliver(&first).await.unwrap();
    assert_eq!(
        again
            .attempts
            .iter()
            .map(|attempt| attempt.status)
            .collect::<Vec<_>>(),
        [Some(503), Some(200)]
    );
    let received = receiver.to("/reject_candidate");
    assert_eq!(received[1].body, received[2].body);
    assert_eq!(
        received[1].header("greenhouse-event-id"),
        received[2].header("greenhouse-event-id")
    );
    assert_ne!(
        received[0].header("greenhouse-event-id"),
        received[1].header("greenhouse-event-id"),
        "the ping has its own event id"
    );
}

#[tokio::test]
async fn custom_fields_in_a_body_have_the_form_of_webhooks() {
    let (scene, receiver) = scene_with_hooks(&["reject_candidate"]).await;
    for (kind, name, value_type) in [
        ("application", "Pay", "currency"),
        ("application", "Owner", "user"),
        ("rejection_question", "Again", "yes_no"),
        ("rejection_question", "Range", "currency_range"),
    ] {
        scene
            .greenhouse
            .seed_custom_field(kind, name, value_type, &[])
            .unwrap();
    }
    let application = scene.new_application();
    let owner = scene.greenhouse.site_admin();
    let fields = json!({ "custom_fields": [
        { "name_key": "pay", "value": { "amount": 5, "currency_code": "EUR" } },
        { "name_key": "owner", "value": owner },
    ] });
    let path = format!("/v3/applications/{application}");
    assert_eq!(scene.harvest.patch(&path, fields).await.status, 200);
    let words = json!({
        "rejection_reason_id": scene.greenhouse.rejection_reason(),
        "custom_fields": [
            { "name_key": "again", "value": true },
            { "name_key": "range", "value": { "min_amount": 1, "max_amount": 2, "currency_code": "EUR" } },
        ],
    });
    let reply = scene.harvest.post(&format!("{path}/reject"), words).await;
    assert_eq!(reply.status, 204);
    assert!(scene.greenhouse.settle().await);

    let application = &body_of(&receiver, "reject_candidate")["payload"]["application"];
    let user = json!({
        "user_id": owner, "name": "Ada Siteadmin", "email": "site.admin@greenhouse.example", "employee_id": null,
    });
    assert_eq!(
        application["custom_fields"],
        json!({
            "pay": { "name": "Pay", "type": "currency", "value": { "amount": 5, "unit": "EUR" } },
            "owner": { "name": "Owner", "type": "user", "value": user },
        })
    );
    assert_eq!(
        application["rejection_details"]["custom_fields"],
        json!({
            "again": { "name": "Again", "type": "boolean", "value": true },
            "range": {
                "name": "Range", "type": "currency_range",
                "value": { "min_value": "1", "max_value": "2", "unit": "EUR" },
            },
        })
    );
}
