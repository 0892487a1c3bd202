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
                "scenarios": [],
                "mapped_stages": [{"id": STAGE, "name": "Take Home Test", "job": JOB, "active": true}],
                "mapped_kits": [],
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
            "choices/users?id=7".to_owned(),
            json!({
                "users": [{"id": 7, "name": "Lee Brandt", "email": "lee@example.org", "site_admin": false}],
                "truncated": false,
            }),
        ),
        (
            "choices/users?id=8".to_owned(),
            json!({ "users": [], "truncated": false }),
        ),
        (
            "choices/fields".to_owned(),
            json!({
                "fields": [
                    {"on": "application", "key": "level", "name": "Level", "value_type": "single_select",
                     "uses": ["recommendation", "trait", "status"]},
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

#[tokio::test]
async fn a_list_is_returned_again_up_to_the_accepted_age() {
    let desk = Desk::new();
    let rename = |name: &str| {
        let rows = vec![json!({"id": 5, "name": name})];
        desk.world
            .greenhouse
            .with(|state| state.lists.insert("sources", rows));
    };
    let name = async |path: &str| {
        let (status, list) = desk.get(path).await;
        assert_eq!(status, 200, "{list}");
        text(&list["sources"][0]["name"]).to_owned()
    };
    const RECENT: &str = "choices/sources?max_age=60";
    rename("first");
    assert_eq!(name(RECENT).await, "first");
    rename("second");
    assert_eq!(name(RECENT).await, "first");
    assert_eq!(name("choices/sources").await, "second");
    rename("third");
    assert_eq!(name(RECENT).await, "second");
    desk.world.advance(60);
    assert_eq!(name(RECENT).await, "third");

    let (status, refused) = desk.get("choices/sources?max_age=a").await;
    assert_eq!(
        (status, text(&refused["error"]["code"])),
        (400, "bad_query")
    );
}

#[tokio::test]
async fn a_list_of_another_job_or_of_other_settings_is_read() {
    let desk = Desk::new();
    let lists = [
        "choices/users?max_age=60",
        "choices/users?max_age=60&email=lee@example.org",
        &format!("choices/stages?job={JOB}&max_age=60"),
        "choices/stages?job=2&max_age=60",
        "choices/jobs?max_age=60",
    ];
    let mut found = Vec::new();
    for path in lists {
        found.push(desk.get(path).await);
    }
    for (place, one) in found.iter().enumerate() {
        assert!(!found[place + 1..].contains(one), "{one:?}");
    }

    // Another stage is named, although the list of jobs is recent.
    let view = desk.get("settings/push").await.1;
    let mut settings = view["settings"].clone();
    settings["jobs"]["sales"]["stage"] = json!(12);
    let version = view["version"].as_u64().unwrap();
    assert_eq!(desk.put(version, settings.clone()).await.0, 200);
    let jobs = desk.get(lists[4]).await.1;
    assert_eq!(jobs["mapped_stages"][0]["name"], "Offer");

    // A user who sees less has no lists.
    settings["acting_user"] = json!(7);
    settings["enabled"] = json!(false);
    assert_eq!(desk.put(version + 1, settings).await.0, 200);
    desk.world
        .greenhouse
        .with(|state| state.role = Some("job_admin"));
    assert_eq!(desk.get(lists[0]).await.0, 409);
}

#[tokio::test]
async fn a_failed_list_is_not_kept() {
    let desk = Desk::new();
    desk.world
        .greenhouse
        .with(|state| state.role = Some("job_admin"));
    assert_eq!(desk.get("choices/users?max_age=60").await.0, 409);
    desk.world
        .greenhouse
        .with(|state| state.role = Some("site_admin"));
    assert_eq!(desk.get("choices/users?max_age=60").await.0, 200);
}
