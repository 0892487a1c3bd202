//! Operators read, change and save the push settings.

mod choices;

use greenhouse_core::{
    HookKey, ProductJobId,
    platform::ProductJob,
    settings::{KeyDigest, SyncSettings},
    store::{Applied, Changes, Write},
    testing::NextApply,
};
use serde_json::{Value, json};

use crate::support::{
    SECRET,
    desk::{ACTING, Desk, text},
    greenhouse::{Fault, JOB, STAGE},
};

#[tokio::test]
async fn settings_are_shown_completely_without_the_secret() {
    let desk = Desk::new();
    let (status, shown) = desk.get("settings/push").await;
    assert_eq!(status, 200);
    assert_eq!(
        shown,
        json!({
            "version": 1,
            "settings": {
                "enabled": true,
                "credential": {"client_id": "client-7", "client_secret_set": true},
                "acting_user": ACTING,
                "trigger": {"kind": "manual"},
                "thresholds": {"strong_yes": 80, "yes": 60, "mixed": 40, "no": 20},
                "mixed_overall": "no_decision",
                "jobs": {"sales": {"job": JOB, "stage": STAGE, "interview_kit": null, "advance_to": null}},
                "scorecard": "automatic",
                "fields": {"score": null, "recommendation": null, "report_link": null, "traits": {}},
                "note_visibility": "private",
                "report_attachment": "other",
                "report_visibility": "private",
                "source": null,
                "tags": [],
                "move_existing": false,
                "invited_results": false,
                "stage_tests": [],
                "status_field": null,
                "rules": {"mode": "off", "advance": null, "reject": null, "daily_limit": 50},
                "from_stage": "job_interview_stage",
            },
        })
    );
    assert_eq!(desk.world.greenhouse.asked(), [""; 0]);

    let mut settings = shown["settings"].clone();
    settings["enabled"] = json!(false);
    settings["credential"] = json!({
        "client_id": "client-8", "client_secret": SECRET,
        "grant": "authorization_code", "redirect_uri": "https://partner.example/back",
    });
    let (status, shown) = desk.put(1, settings).await;
    assert_eq!(status, 200, "{shown}");
    let shown = &shown["settings"]["credential"];
    assert_eq!(
        *shown,
        json!({
            "client_id": "client-8", "client_secret_set": true,
            "grant": "authorization_code", "redirect_uri": "https://partner.example/back",
        })
    );
}

#[tokio::test]
async fn settings_that_were_read_can_be_changed_and_saved_without_side_effects() {
    let desk = Desk::new();
    let mut record = desk.record().await;
    let sync = SyncSettings::new(HookKey::new("0123456789abcdef"), vec!["a secret".into()]);
    record.settings.sync = Some(sync.unwrap());
    record.operator_tokens = vec![KeyDigest::of("token")];
    desk.store(record).await;
    let before = desk.record().await;

    let mut settings = desk.get("settings/push").await.1["settings"].clone();
    settings["trigger"] = json!({"kind": "on_score", "minimum": 70, "inclusive": true});
    settings["tags"] = json!(["Assessed"]);
    let (status, saved) = desk.put(2, settings).await;
    assert_eq!((status, &saved["version"]), (200, &json!(3)), "{saved}");
    assert_eq!(saved, desk.get("settings/push").await.1);
    assert_eq!(saved["settings"]["tags"], json!(["Assessed"]));

    let after = desk.record().await;
    let push = after.settings.push.as_ref().unwrap();
    assert!(push.credential.client_secret().matches(SECRET.as_bytes()));
    let mut expected = before;
    expected.settings.push = after.settings.push.clone();
    expected.version = 3;
    assert_eq!(after, expected);
}

#[tokio::test]
async fn a_stale_version_is_a_conflict() {
    let desk = Desk::new();
    let settings = desk.get("settings/push").await.1["settings"].clone();
    for version in [0, 2] {
        let (status, refused) = desk.put(version, settings.clone()).await;
        assert_eq!(status, 409);
        assert_eq!(refused["error"]["code"], "stale_version");
        assert_eq!(refused["error"]["version"], 1);
    }
    assert_eq!(desk.world.greenhouse.asked(), [""; 0]);

    // A conflict is retried, unless another operator has changed the settings.
    let conflict = || NextApply::Returns(Applied::Conflict);
    desk.world.failing_store.next_applies([conflict()]);
    let (status, saved) = desk.put(1, settings.clone()).await;
    assert_eq!((status, &saved["version"]), (200, &json!(2)), "{saved}");
    for (applies, version) in [
        (vec![conflict(), conflict(), conflict()], 2),
        (vec![NextApply::AfterAnother(Changes::clone)], 3),
    ] {
        desk.world.failing_store.next_applies(applies);
        let (status, refused) = desk.put(2, settings.clone()).await;
        assert_eq!(
            (status, text(&refused["error"]["code"])),
            (409, "stale_version")
        );
        assert_eq!(refused["error"]["version"], version);
    }
}

#[tokio::test]
async fn disabled_settings_are_validated_without_a_request_to_greenhouse() {
    let desk = Desk::new();
    let mut settings = desk.get("settings/push").await.1["settings"].clone();
    settings["enabled"] = json!(false);
    settings["jobs"] = json!({"sales": {"job": 5}, "other": {"job": 6, "stage": 7}});
    settings["tags"] = json!([""]);
    let (status, saved) = desk.put(1, settings.clone()).await;
    assert_eq!(status, 200, "{saved}");
    assert_eq!(desk.world.greenhouse.asked(), [""; 0]);

    for (member, value) in [
        (
            "thresholds",
            json!({"strong_yes": 10, "yes": 60, "mixed": 40, "no": 20}),
        ),
        ("credential", json!("0d031d8227eafa61dc375a6c2e067e24")),
        ("surprise", json!(1)),
    ] {
        let mut wrong = settings.clone();
        wrong[member] = value;
        let (status, refused) = desk.put(2, wrong).await;
        assert_eq!(
            (status, &refused["error"]["code"]),
            (422, &json!("bad_body"))
        );
        assert_eq!(refused["error"]["member"], member);
        let message = refused["error"]["message"].as_str().unwrap();
        assert!(message.starts_with(member), "{message}");
        assert!(!message.contains("0d031d"), "{message}");
    }

    // Enabled settings must be valid.
    settings["enabled"] = json!(true);
    let (status, refused) = desk.put(2, settings).await;
    assert_eq!(
        (status, codes(&refused)),
        (
            422,
            vec![
                "product_job_unknown",
                "job_unknown",
                "stage_unknown",
                "job_unknown",
                "tag_blank",
            ]
        )
    );
    assert_eq!(desk.record().await.version, 2);
}

#[tokio::test]
async fn deleted_settings_require_the_secret_again() {
    let desk = Desk::new();
    let mut settings = desk.get("settings/push").await.1["settings"].clone();
    let (status, saved) = desk.put(1, Value::Null).await;
    assert_eq!(
        (status, saved),
        (200, json!({"version": 2, "settings": null}))
    );
    let (status, refused) = desk.get("choices/jobs").await;
    assert_eq!(status, 409);
    assert_eq!(refused["error"]["code"], "not_configured");

    let (status, refused) = desk.put(2, settings.clone()).await;
    assert_eq!(
        (status, &refused["error"]["member"]),
        (422, &json!("credential"))
    );
    settings["credential"]["client_secret"] = json!(SECRET);
    assert_eq!(desk.put(2, settings).await.0, 200);
}

#[tokio::test]
async fn all_errors_are_reported_together() {
    let desk = Desk::new();
    desk.world.greenhouse.with(|state| {
        let granted = state.scopes.take().unwrap();
        state.scopes = Some(granted.replace("harvest:notes:create", ""));
        state
            .lists
            .insert("users", vec![json!({"id": ACTING, "deactivated": true})]);
        state.jobs.push(json!({"id": 2, "status": "closed"}));
        state.jobs.push(json!({"id": 3, "status": "draft"}));
    });
    for job in ["shut", "draft"] {
        let job = ProductJob {
            id: ProductJobId::new(job),
            name: job.to_owned(),
        };
        desk.world.platform.add_job(&desk.world.account, job);
    }
    let mut settings = desk.get("settings/push").await.1["settings"].clone();
    settings["jobs"] = json!({
        "draft": {"job": 3, "stage": 31},
        "sales": {"job": JOB, "stage": 11, "interview_kit": 41},
        "shut": {"job": 2, "interview_kit": 42},
    });
    settings["fields"] = json!({
        "score": {"key": "old"}, "report_link": {"key": "gone"},
        "traits": {"Grit": {"on": "candidate", "key": "grit"}, " ": {"on": "candidate", "key": "grit"}},
    });
    settings["source"] = json!(9);
    settings["tags"] = json!(["Assessed", "assessed "]);
    let (status, refused) = desk.put(1, settings).await;
    assert_eq!(status, 422);
    let problems = refused["error"]["problems"].as_array().unwrap();
    let reported: Vec<_> = problems
        .iter()
        .map(|problem| (text(&problem["member"]), text(&problem["code"])))
        .collect();
    assert_eq!(
        reported,
        [
            ("credential", "scope_missing"),
            ("acting_user", "acting_user_deactivated"),
            ("jobs.draft.job", "job_draft"),
            ("jobs.draft.stage", "stage_unknown"),
            ("jobs.sales.stage", "stage_inactive"),
            ("jobs.sales.interview_kit", "kit_of_another_job"),
            ("jobs.shut.job", "job_closed"),
            ("jobs.shut.interview_kit", "kit_unknown"),
            ("fields.traits. ", "trait_blank"),
            ("fields.traits.Grit", "field_twice"),
            ("fields.score", "field_inactive"),
            ("fields.report_link", "field_unknown"),
            ("source", "source_unknown"),
            ("tags[1]", "tag_twice"),
        ]
    );
    for problem in problems {
        assert!(text(&problem["message"]).ends_with('.'), "{problem}");
        assert!(text(&problem["remedy"]).ends_with('.'), "{problem}");
    }
    assert_eq!(
        problems[0],
        json!({
            "member": "credential",
            "code": "scope_missing",
            "message": "The credential lacks the scope harvest:notes:create.",
            "remedy": "Grant the scope harvest:notes:create to the credential (API Credential Management > Manage Scopes). A \
                       partner's app then needs a new consent.",
            "scope": "harvest:notes:create",
        })
    );
    assert_eq!(desk.record().await.version, 1);
}

#[tokio::test]
async fn a_new_secret_is_verified_despite_a_valid_token() {
    let desk = Desk::new();
    assert_eq!(desk.get("choices/jobs").await.0, 200);
    let mut settings = desk.get("settings/push").await.1["settings"].clone();
    settings["credential"]["client_secret"] = json!("another-secret");
    desk.world.greenhouse.fail("POST /token", Fault::Refused);
    desk.world.greenhouse.fail("POST /token", Fault::Refused);
    let (status, refused) = desk.put(1, settings.clone()).await;
    assert_eq!((status, codes(&refused)), (422, vec!["credential_refused"]));
    assert_eq!(desk.put(1, settings).await.0, 200);
}

#[tokio::test]
async fn an_unexplained_refusal_is_reported() {
    let desk = Desk::new();
    let settings = desk.get("settings/push").await.1["settings"].clone();
    // Greenhouse issues no token for the acting user, although the user exists and is active.
    desk.world.greenhouse.fail("POST /token", Fault::Refused);
    let (status, refused) = desk.put(1, settings.clone()).await;
    assert_eq!(
        (status, codes(&refused)),
        (422, vec!["acting_user_refused"])
    );
    desk.world.greenhouse.fail("GET /v3/jobs", Fault::Forbidden);
    let (status, refused) = desk.put(1, settings.clone()).await;
    assert_eq!((status, codes(&refused)), (422, vec!["forbidden"]));
    assert_eq!(refused["error"]["problems"][0]["member"], "jobs");
    // A push does not need the acting user to be in the list of users.
    desk.world
        .greenhouse
        .fail("GET /v3/users", Fault::Forbidden);
    assert_eq!(desk.put(1, settings).await.0, 200);
}

#[tokio::test]
async fn nothing_is_saved_while_greenhouse_is_unreachable() {
    let desk = Desk::new();
    let settings = desk.get("settings/push").await.1["settings"].clone();
    for (kind, fault, code) in [
        ("POST /token", Fault::NotApplied, "greenhouse_unreachable"),
        ("GET /v3/jobs", Fault::NotApplied, "greenhouse_unreachable"),
        ("GET /v3/jobs", Fault::Refused, "greenhouse_answer"),
    ] {
        (0..20).for_each(|_| desk.world.greenhouse.fail(kind, fault));
        let (status, refused) = desk.put(1, settings.clone()).await;
        assert_eq!(
            (status, text(&refused["error"]["code"])),
            (503, code),
            "{refused}"
        );
        assert!(refused["error"]["remedy"].is_string());
        let (status, refused) = desk.get("choices/jobs").await;
        assert_eq!(
            (status, text(&refused["error"]["code"])),
            (503, code),
            "{refused}"
        );
        desk.world.greenhouse.with(|state| state.faults.clear());
    }
    desk.world.platform.set_down(true);
    for (status, refused) in [
        desk.put(1, settings.clone()).await,
        desk.get("choices/jobs").await,
    ] {
        assert_eq!(status, 503);
        assert_eq!(refused["error"]["code"], "product_unavailable");
    }
    desk.world.platform.set_down(false);
    assert_eq!(desk.record().await.version, 1);
    assert_eq!(desk.put(1, settings).await.0, 200);
}

#[tokio::test]
async fn invalid_requests_get_clear_errors() {
    let desk = Desk::new();
    for (method, path, body, status, code) in [
        ("DELETE", "settings/push", "", 405, "method_not_allowed"),
        ("POST", "choices/jobs", "", 405, "method_not_allowed"),
        ("GET", "choices/pies", "", 404, "not_found"),
        ("GET", "settings/push/more", "", 404, "not_found"),
        ("GET", "choices/stages", "", 400, "bad_query"),
        ("GET", "choices/stages?job=x", "", 400, "bad_query"),
        ("PUT", "settings/push", "", 422, "bad_body"),
        ("PUT", "settings/push", "{}", 422, "bad_body"),
        ("PUT", "settings/push", "{\"version\":1}", 422, "bad_body"),
    ] {
        let answer = desk.ask(method, path, body).await;
        assert_eq!(
            (answer.0, text(&answer.1["error"]["code"])),
            (status, code),
            "{method} {path}"
        );
    }
    let mut removed = Changes::none();
    removed.account = Some(Write::Remove(desk.record().await));
    desk.world.apply(removed).await;
    for path in ["settings/push", "choices/jobs"] {
        assert_eq!(desk.get(path).await.0, 404);
    }
    assert_eq!(desk.put(1, Value::Null).await.0, 404);
}

fn codes(refused: &Value) -> Vec<&str> {
    let problems = refused["error"]["problems"].as_array();
    let codes = problems.into_iter().flatten();
    codes.map(|problem| text(&problem["code"])).collect()
}

/// A settings page checks each section while the push is still switched off.
#[tokio::test]
async fn settings_are_checked_without_being_saved() {
    let desk = Desk::new();
    let mut settings = desk.get("settings/push").await.1["settings"].clone();
    settings["enabled"] = json!(false);
    settings["jobs"]["sales"]["stage"] = json!(99);
    let body = json!({"version": 1, "settings": settings}).to_string();
    let (status, checked) = desk.ask("POST", "settings/push/check", &body).await;
    assert_eq!(status, 200, "{checked}");
    assert_eq!(checked["problems"][0]["member"], "jobs.sales.stage");
    let checks = checked["checks"].as_array().unwrap();
    let of_job = checks
        .iter()
        .find(|check| check["name"] == "mapped_job:sales");
    assert_eq!(of_job.unwrap()["state"], "problem", "{checked}");
    assert_eq!(desk.get("settings/push").await.1["version"], 1);

    // Without a body, the stored settings.
    assert_eq!(desk.put(1, settings).await.0, 200);
    let (status, checked) = desk.ask("POST", "settings/push/check", "").await;
    assert_eq!(status, 200, "{checked}");
    assert_eq!(checked["problems"][0]["code"], "stage_unknown");

    for (body, status) in [
        (json!({"version": 1, "settings": {}}), 409),
        (json!({"version": 2, "settings": {}}), 422),
        (json!({"version": 2, "settings": null}), 409),
    ] {
        let text = body.to_string();
        let (found, refused) = desk.ask("POST", "settings/push/check", &text).await;
        assert_eq!(found, status, "{body}: {refused}");
    }
    let shown = desk.get("set-up/push").await.1;
    let scopes = shown["default_scopes"].as_array().unwrap();
    assert!(scopes.contains(&json!("harvest:candidates:create")));
}
