//! Push settings that are invalid in this Greenhouse are refused, and are saved after the reported
//! problem is fixed.

mod by_hand;
#[path = "../../../../examples/axum-host/tests/shared/push_cases.rs"]
mod push_cases;
mod scene;

use greenhouse_core::testing::Sample;
use serde_json::json;

use self::{push_cases::CASES, scene::Scene};

#[tokio::test(flavor = "multi_thread")]
async fn every_error_names_the_member_and_a_working_remedy() {
    let cases = Sample::from_env().draw("refusals", CASES.iter().collect(), SAMPLE);
    for case in cases {
        let scene = Scene::set().await;
        let (_, read) = scene.get("settings/push").await;
        let mut settings = read["settings"].clone();
        (case.wrong)(&scene, &mut settings);
        let (status, refused) = scene.put(1, &settings).await;
        assert_eq!(status, 422, "{}: {refused}", case.code);
        assert_eq!(refused["error"]["code"], "cannot_work");
        let problems = refused["error"]["problems"].as_array().unwrap();
        let reported: Vec<_> = problems
            .iter()
            .map(|problem| (&problem["member"], &problem["code"]))
            .collect();
        assert_eq!(
            reported,
            [(&json!(case.member), &json!(case.code))],
            "{refused}"
        );
        for text in ["message", "remedy"] {
            let text = problems[0][text].as_str().unwrap();
            assert!(text.ends_with('.'), "{}: {text}", case.code);
        }
        assert_eq!(
            scene.get("settings/push").await.1,
            read,
            "settings were changed"
        );

        (case.right)(&scene, &mut settings);
        let (status, saved) = scene.put(1, &settings).await;
        assert_eq!(status, 200, "{}: {saved}", case.code);
        assert_eq!(saved["version"], 2);
        assert_eq!(scene.get("settings/push").await.1, saved);
        scene.strike().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn invalid_settings_are_refused_without_a_request_to_greenhouse() {
    let scene = Scene::set().await;
    let (_, read) = scene.get("settings/push").await;
    let v1_key = json!("0d031d8227eafa61dc375a6c2e067e24");
    for (member, value) in [
        ("credential", v1_key.clone()),
        ("credential", json!({"client_id": v1_key})),
        (
            "credential",
            json!({"client_id": v1_key, "client_secret": v1_key}),
        ),
        (
            "thresholds",
            json!({"strong_yes": 50, "yes": 60, "mixed": 40, "no": 20}),
        ),
        (
            "trigger",
            json!({"kind": "on_score", "minimum": 101, "inclusive": true}),
        ),
        ("note_visibility", json!("everybody")),
        ("report_visibility", json!("everybody")),
    ] {
        let mut settings = read["settings"].clone();
        settings[member] = value;
        let (status, refused) = scene.put(1, &settings).await;
        assert_eq!(status, 422, "{refused}");
        assert_eq!(refused["error"]["code"], "bad_body");
        assert_eq!(refused["error"]["member"], member);
        assert!(!refused.to_string().contains("0d031d"), "{refused}");
    }
    assert_eq!(scene.get("settings/push").await.1, read);
    assert_eq!(scene.greenhouse.exchanges().len(), 0);
    scene.strike().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_saved_while_greenhouse_is_unreachable() {
    let scene = Scene::set().await;
    let (_, read) = scene.get("settings/push").await;
    let mut settings = read["settings"].clone();
    settings["tags"] = json!(["Assessed"]);
    scene.greenhouse.refuse_connections().await;
    let (status, refused) = scene.put(1, &settings).await;
    assert_eq!(status, 503, "{refused}");
    assert_eq!(refused["error"]["code"], "greenhouse_unreachable");
    assert!(refused["error"]["remedy"].is_string());
    assert_eq!(scene.get("settings/push").await.1, read);

    // Disabled settings are saved without calling Greenhouse.
    settings["enabled"] = json!(false);
    assert_eq!(scene.put(1, &settings).await.0, 200);
    scene.greenhouse.accept_connections().await;
    settings["enabled"] = json!(true);
    assert_eq!(scene.put(2, &settings).await.0, 200);
    scene.strike().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn restricted_acting_user_is_accepted_if_the_own_user_sees_everything() {
    let scene = Scene::set().await;
    let (_, read) = scene.get("settings/push").await;
    let mut settings = read["settings"].clone();
    settings["acting_user"] = json!(scene.greenhouse.job_admin());
    let (status, saved) = scene.put(1, &settings).await;
    assert_eq!(status, 200, "{saved}");
    let (status, offered) = scene.get("choices/jobs").await;
    assert_eq!(status, 200, "{offered}");
    assert_eq!(offered["jobs"].as_array().unwrap().len(), 2);
    scene.strike().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn partner_app_is_saved_before_consent() {
    let scene = Scene::set().await;
    let (_, read) = scene.get("settings/push").await;
    let mut settings = read["settings"].clone();
    let partner = scene.greenhouse.partner_credential();
    settings["credential"] = json!({
        "client_id": partner.client_id, "client_secret": partner.client_secret,
        "grant": "authorization_code", "redirect_uri": partner.redirect_uri,
    });
    settings["tags"] = json!([""]);
    let (_, refused) = scene.put(1, &settings).await;
    assert_eq!(refused["error"]["problems"][0]["code"], "tag_blank");
    settings["tags"] = json!([]);
    let (status, saved) = scene.put(1, &settings).await;
    assert_eq!(status, 200, "{saved}");
    let (status, refused) = scene.get("choices/users").await;
    assert_eq!(
        (status, &refused["error"]["code"]),
        (409, &json!("greenhouse_refused"))
    );
    scene.strike().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn choices_list_the_records_of_greenhouse() {
    let scene = Scene::set().await;
    let kit = scene.kit(scene.job());
    scene.field("application", "Level", "single_select", &["Yes"]);
    scene.field("application", "Begins", "date", &[]);
    scene
        .greenhouse
        .set_job_status(scene.other.job_id, "closed")
        .unwrap();
    scene
        .greenhouse
        .set_stage_active(scene.stage(), false)
        .unwrap();

    let (_, jobs) = scene.get("choices/jobs").await;
    let id = scene.job();
    let open = json!([{"id": id, "name": "Account Executive", "requisition_id": null}]);
    assert_eq!(jobs["jobs"], open);
    let own = json!([{"id": "account-executive", "name": "Account Executive"}]);
    assert_eq!(jobs["product_jobs"], own);

    let (_, stages) = scene.get(&format!("choices/stages?job={id}")).await;
    let names = stages["stages"].as_array().unwrap().iter();
    let names: Vec<_> = names.map(|stage| &stage["name"]).collect();
    assert_eq!(names, ["Application Review", "Offer"]);
    let planned = json!([{"id": kit, "name": "Talk", "stage": scene.job.stage("Offer")}]);
    assert_eq!(stages["interview_kits"], planned);

    let (_, users) = scene.get("choices/users").await;
    let users = users["users"].as_array().unwrap();
    assert_eq!(users.len(), 2, "service accounts are not choices");
    let (_, fields) = scene.get("choices/fields").await;
    let level = json!([{
        "on": "application", "key": "level", "name": "Level", "value_type": "single_select",
        "uses": ["recommendation", "trait", "status"],
    }]);
    assert_eq!(fields["fields"], level);
    let (_, sources) = scene.get("choices/sources").await;
    assert_eq!(sources["sources"][0]["id"], scene.greenhouse.source());
    scene.strike().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn stages_are_listed_without_permission_to_read_interview_kits() {
    let scene = Scene::set().await;
    scene
        .greenhouse
        .withhold_scope("harvest:interview_kits:list", true);
    let path = format!("choices/stages?job={}", scene.job());
    let (status, stages) = scene.get(&path).await;
    assert_eq!((status, &stages["interview_kits"]), (200, &json!(null)));
    assert_eq!(stages["stages"].as_array().unwrap().len(), 3);
    scene.strike().await;
}

/// Number of cases without `ACCEPTANCE=full`.
const SAMPLE: usize = 12;
