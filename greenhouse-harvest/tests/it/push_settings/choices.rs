//! Choices of a settings page.

use serde_json::json;

use crate::support::{
    desk::{Desk, text},
    greenhouse::{Fault, JOB, STAGE},
};

#[tokio::test]
async fn choices_list_the_existing_records() {
    let desk = Desk::new();
    desk.world.greenhouse.with(|state| {
        state
            .jobs
            .push(json!({"id": 2, "name": "Closed", "status": "closed"}));
        state
            .jobs
            .push(json!({"id": 3, "name": "A template", "status": "open", "is_template": true}));
    });
    for (path, offered) in [
        (
            "choices/jobs".to_owned(),
            json!({
                "jobs": [{"id": JOB, "name": "Account Executive", "requisition_id": null}],
                "truncated": false,
                "product_jobs": [{"id": "sales", "name": "Sales"}],
                "mapped_stages": [{"id": STAGE, "name": "Take Home Test", "job": JOB, "active": true}],
            }),
        ),
        (
            format!("choices/stages?job={JOB}"),
            json!({
                "stages": [{"id": STAGE, "name": "Take Home Test"}, {"id": 12, "name": "Offer"}],
                "interview_kits": [{"id": 43, "name": "Talk", "stage": STAGE}],
                "truncated": false,
            }),
        ),
        (
            "choices/users?email=lee@example.org".to_owned(),
            json!({
                "users": [{"id": 7, "name": "Lee Brandt", "email": "lee@example.org", "site_admin": false}],
                "truncated": false,
            }),
        ),
        (
            "choices/fields".to_owned(),
            json!({
                "fields": [
                    {"on": "application", "key": "level", "name": "Level", "value_type": "single_select",
                     "uses": ["recommendation", "trait"]},
                    {"on": "candidate", "key": "grit", "name": "Grit", "value_type": "number",
                     "uses": ["score", "trait"]},
                ],
                "truncated": false,
            }),
        ),
        (
            "choices/sources".to_owned(),
            json!({
                "sources": [{"id": 5, "name": "Job board", "type": "Agencies"}],
                "truncated": false,
            }),
        ),
    ] {
        assert_eq!(desk.get(&path).await, (200, offered), "{path}");
    }
    let users = desk.get("choices/users").await.1;
    assert_eq!(users["users"].as_array().unwrap().len(), 2);

    // A disabled push is configured on the same page.
    let mut settings = desk.get("settings/push").await.1["settings"].clone();
    settings["enabled"] = json!(false);
    assert_eq!(desk.put(1, settings).await.0, 200);
    assert_eq!(desk.get("choices/sources").await.0, 200);
}

#[tokio::test]
async fn a_truncated_list_is_marked() {
    let desk = Desk::new();
    desk.world.greenhouse.with(|state| {
        let many = (1..=2500).map(|id| json!({"id": id, "name": format!("Source {id}")}));
        state.lists.insert("sources", many.collect());
    });
    let (status, offered) = desk.get("choices/sources").await;
    assert_eq!((status, &offered["truncated"]), (200, &json!(true)));
    assert_eq!(offered["sources"].as_array().unwrap().len(), 2000);
}

#[tokio::test]
async fn a_user_without_access_gets_no_choices() {
    let desk = Desk::new();
    desk.world
        .greenhouse
        .with(|state| state.role = Some("job_admin"));
    let (status, refused) = desk.get("choices/jobs").await;
    assert_eq!(
        (status, text(&refused["error"]["code"])),
        (409, "cannot_see")
    );
    assert!(refused["error"]["remedy"].is_string());

    let other = Desk::new();
    other.world.greenhouse.fail("POST /token", Fault::Refused);
    other.world.greenhouse.fail("POST /token", Fault::Refused);
    let (status, refused) = other.get("choices/users").await;
    assert_eq!(
        (status, text(&refused["error"]["code"])),
        (409, "greenhouse_refused")
    );
}
