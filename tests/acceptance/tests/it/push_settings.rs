//! The settings of the push are refused where they cannot work in this Greenhouse, and saved once what is wrong is put right.

mod by_hand;
mod scene;

use serde_json::{Value, json};

use self::scene::Scene;

/// One thing that is wrong, in Greenhouse or in the settings.
struct Case {
    member: &'static str,
    code: &'static str,
    wrong: fn(&Scene, &mut Value),
    right: fn(&Scene, &mut Value),
}

#[tokio::test(flavor = "multi_thread")]
async fn every_refusal_names_member_and_remedy_and_the_remedy_works() {
    for case in CASES {
        let scene = Scene::set().await;
        let (_, read) = scene.get("settings/push").await;
        let mut settings = read["settings"].clone();
        (case.wrong)(&scene, &mut settings);
        let (status, refused) = scene.put(1, &settings).await;
        assert_eq!(status, 422, "{}: {refused}", case.code);
        assert_eq!(refused["error"]["code"], "cannot_work");
        let problems = refused["error"]["problems"].as_array().unwrap();
        let told: Vec<_> = problems
            .iter()
            .map(|problem| (&problem["member"], &problem["code"]))
            .collect();
        assert_eq!(
            told,
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
            "nothing was saved"
        );

        (case.right)(&scene, &mut settings);
        let (status, saved) = scene.put(1, &settings).await;
        assert_eq!(status, 200, "{}: {saved}", case.code);
        assert_eq!(saved["version"], 2);
        assert_eq!(scene.get("settings/push").await.1, saved);
        scene.strike().await;
    }
    println!("{} refusals", CASES.len());
}

const CASES: &[Case] = &[
    Case {
        member: "credential",
        code: "credential_refused",
        wrong: |_, settings| settings["credential"]["client_secret"] = json!("canary-wrong"),
        right: |scene, settings| settings["credential"]["client_secret"] = json!(scene.secret()),
    },
    Case {
        member: "credential",
        code: "credential_refused",
        wrong: |scene, settings| {
            settings["credential"] =
                json!({"client_id": "stranger-1", "client_secret": scene.secret()});
        },
        right: |scene, settings| {
            let id = &scene.greenhouse.credential().client_id;
            settings["credential"]["client_id"] = json!(id);
        },
    },
    Case {
        member: "credential",
        code: "scope_missing",
        wrong: |scene, _| {
            scene
                .greenhouse
                .withhold_scope("harvest:notes:create", true)
        },
        right: |scene, _| {
            scene
                .greenhouse
                .withhold_scope("harvest:notes:create", false)
        },
    },
    Case {
        member: "credential",
        code: "scope_missing",
        wrong: |scene, settings| {
            let scope = "harvest:sources:list";
            scene.greenhouse.withhold_scope(scope, true);
            settings["source"] = json!(scene.greenhouse.source());
        },
        right: |_, settings| settings["source"] = json!(null),
    },
    Case {
        member: "credential",
        code: "scope_missing",
        wrong: |scene, settings| {
            let scope = "harvest:candidates:update";
            scene.greenhouse.withhold_scope(scope, true);
            settings["tags"] = json!(["Assessed"]);
        },
        right: |_, settings| settings["tags"] = json!([]),
    },
    Case {
        member: "acting_user",
        code: "acting_user_unknown",
        wrong: |_, settings| settings["acting_user"] = json!(12),
        right: |scene, settings| settings["acting_user"] = json!(scene.greenhouse.site_admin()),
    },
    Case {
        member: "acting_user",
        code: "acting_user_deactivated",
        wrong: |scene, _| scene.deactivate(true),
        right: |scene, _| scene.deactivate(false),
    },
    Case {
        member: "acting_user",
        code: "acting_user_cannot_see",
        wrong: |scene, settings| {
            scene.show_own_user_everything(false);
            settings["acting_user"] = json!(scene.greenhouse.job_admin());
        },
        right: |scene, _| scene.show_own_user_everything(true),
    },
    Case {
        member: "acting_user",
        code: "acting_user_cannot_see",
        wrong: |scene, settings| {
            scene.show_own_user_everything(false);
            settings["acting_user"] = json!(null);
        },
        right: |scene, settings| settings["acting_user"] = json!(scene.greenhouse.site_admin()),
    },
    Case {
        member: "jobs.unheard-of",
        code: "product_job_unknown",
        wrong: |scene, settings| settings["jobs"]["unheard-of"] = json!({"job": scene.job()}),
        right: |_, settings| {
            settings["jobs"]
                .as_object_mut()
                .unwrap()
                .remove("unheard-of");
        },
    },
    Case {
        member: "jobs.account-executive.job",
        code: "job_unknown",
        wrong: |_, settings| settings["jobs"] = mapped(json!({"job": 12})),
        right: |scene, settings| settings["jobs"] = mapped(json!({"job": scene.job()})),
    },
    Case {
        member: "jobs.account-executive.job",
        code: "job_closed",
        wrong: |scene, _| {
            scene
                .greenhouse
                .set_job_status(scene.job(), "closed")
                .unwrap()
        },
        right: |scene, _| {
            scene
                .greenhouse
                .set_job_status(scene.job(), "open")
                .unwrap()
        },
    },
    Case {
        member: "jobs.account-executive.job",
        code: "job_draft",
        wrong: |scene, _| {
            scene
                .greenhouse
                .set_job_status(scene.job(), "draft")
                .unwrap()
        },
        right: |scene, _| {
            scene
                .greenhouse
                .set_job_status(scene.job(), "open")
                .unwrap()
        },
    },
    Case {
        member: "jobs.account-executive.stage",
        code: "stage_unknown",
        wrong: |scene, settings| {
            settings["jobs"] = mapped(json!({"job": scene.job(), "stage": 12}));
        },
        right: |_, settings| settings["jobs"]["account-executive"]["stage"] = json!(null),
    },
    Case {
        member: "jobs.account-executive.stage",
        code: "stage_of_another_job",
        wrong: |scene, settings| {
            let stage = scene.other.stage("Offer");
            settings["jobs"] = mapped(json!({"job": scene.job(), "stage": stage}));
        },
        right: |scene, settings| {
            settings["jobs"]["account-executive"]["stage"] = json!(scene.job.stage("Offer"));
        },
    },
    Case {
        member: "jobs.account-executive.stage",
        code: "stage_inactive",
        wrong: |scene, _| {
            scene
                .greenhouse
                .set_stage_active(scene.stage(), false)
                .unwrap()
        },
        right: |scene, _| {
            scene
                .greenhouse
                .set_stage_active(scene.stage(), true)
                .unwrap()
        },
    },
    Case {
        member: "jobs.account-executive.interview_kit",
        code: "kit_unknown",
        wrong: |scene, settings| {
            settings["jobs"] = mapped(json!({"job": scene.job(), "interview_kit": 12}));
        },
        right: |scene, settings| {
            let kit = scene.kit(scene.job());
            settings["jobs"]["account-executive"]["interview_kit"] = json!(kit);
        },
    },
    Case {
        member: "jobs.account-executive.interview_kit",
        code: "kit_of_another_job",
        wrong: |scene, settings| {
            let kit = scene.kit(scene.other.job_id);
            settings["jobs"] = mapped(json!({"job": scene.job(), "interview_kit": kit}));
        },
        right: |scene, settings| {
            settings["jobs"] =
                mapped(json!({"job": scene.job(), "interview_kit": scene.kit(scene.job())}));
        },
    },
    Case {
        member: "fields.score",
        code: "field_unknown",
        wrong: |_, settings| settings["fields"]["score"] = json!({"key": "assessment_score"}),
        right: |scene, _| drop(scene.field("application", "Assessment score", "number", &[])),
    },
    Case {
        member: "fields.score",
        code: "field_unknown",
        wrong: |scene, settings| {
            let key = scene
                .field("candidate", "Assessment score", "number", &[])
                .0;
            settings["fields"]["score"] = json!({"on": "application", "key": key});
        },
        right: |_, settings| settings["fields"]["score"]["on"] = json!("candidate"),
    },
    Case {
        member: "fields.score",
        code: "field_inactive",
        wrong: |scene, settings| {
            let (key, id) = scene.field("application", "Assessment score", "number", &[]);
            let set = scene
                .greenhouse
                .set_record("custom_fields", id, "active", false);
            set.unwrap();
            settings["fields"]["score"] = json!({"key": key});
        },
        right: |scene, _| {
            let field = scene.greenhouse.records("custom_fields")[0].id;
            let set = scene
                .greenhouse
                .set_record("custom_fields", field, "active", true);
            set.unwrap();
        },
    },
    Case {
        member: "fields.report_link",
        code: "field_unsuitable",
        wrong: |scene, settings| {
            let key = scene.field("application", "Report", "date", &[]).0;
            settings["fields"]["report_link"] = json!({"key": key});
        },
        right: |scene, settings| {
            let key = scene.field("application", "Report address", "url", &[]).0;
            settings["fields"]["report_link"] = json!({"key": key});
        },
    },
    Case {
        member: "fields.score",
        code: "field_unsuitable",
        wrong: |scene, settings| {
            let (key, id) = scene.field("application", "Assessment score", "number", &[]);
            let kind = "prospect_applications";
            let set = scene
                .greenhouse
                .set_record("custom_fields", id, "application_type", kind);
            set.unwrap();
            settings["fields"]["score"] = json!({"key": key});
        },
        right: |_, settings| settings["fields"]["score"] = json!(null),
    },
    Case {
        member: "fields.recommendation",
        code: "field_options",
        wrong: |scene, settings| {
            let options = ["Strong Yes", "yes", "Mixed", "no"];
            let key = scene
                .field("application", "Level", "single_select", &options)
                .0;
            settings["fields"]["recommendation"] = json!({"key": key});
        },
        right: |scene, _| {
            let field = scene.greenhouse.records("custom_fields")[0].id;
            let option = json!({"custom_field_id": field, "name": "Definitely Not"});
            let seeded = scene.greenhouse.seed_record("custom_field_options", option);
            seeded.unwrap();
        },
    },
    Case {
        member: "fields.traits.Grit",
        code: "field_twice",
        wrong: |scene, settings| {
            let key = scene.field("candidate", "Grit", "number", &[]).0;
            let field = json!({"on": "candidate", "key": key});
            settings["fields"] = json!({"score": field, "traits": {"Grit": field}});
        },
        right: |_, settings| settings["fields"]["score"] = json!(null),
    },
    Case {
        member: "fields.score",
        code: "field_key_blank",
        wrong: |_, settings| settings["fields"]["score"] = json!({"key": " "}),
        right: |_, settings| settings["fields"]["score"] = json!(null),
    },
    Case {
        member: "fields.traits.",
        code: "trait_blank",
        wrong: |scene, settings| {
            let key = scene.field("candidate", "Grit", "long_text", &[]).0;
            settings["fields"]["traits"] = json!({"": {"on": "candidate", "key": key}});
        },
        right: |_, settings| {
            let field = settings["fields"]["traits"][""].clone();
            settings["fields"]["traits"] = json!({"Grit": field});
        },
    },
    Case {
        member: "source",
        code: "source_unknown",
        wrong: |_, settings| settings["source"] = json!(12),
        right: |scene, settings| settings["source"] = json!(scene.greenhouse.source()),
    },
    Case {
        member: "tags[0]",
        code: "tag_blank",
        wrong: |_, settings| settings["tags"] = json!(["", "Assessed"]),
        right: |_, settings| settings["tags"] = json!(["Assessed"]),
    },
    Case {
        member: "tags[1]",
        code: "tag_twice",
        wrong: |_, settings| settings["tags"] = json!(["Assessed", "assessed"]),
        right: |_, settings| settings["tags"] = json!(["Assessed", "by us"]),
    },
];

#[tokio::test(flavor = "multi_thread")]
async fn a_form_that_cannot_be_is_refused_before_greenhouse_is_asked() {
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
async fn nothing_is_saved_while_greenhouse_cannot_be_reached() {
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

    // What is switched off needs no Greenhouse.
    settings["enabled"] = json!(false);
    assert_eq!(scene.put(1, &settings).await.0, 200);
    scene.greenhouse.accept_connections().await;
    settings["enabled"] = json!(true);
    assert_eq!(scene.put(2, &settings).await.0, 200);
    scene.strike().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_acting_user_who_sees_little_will_do_where_the_own_user_sees_all() {
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
async fn the_app_of_a_partner_is_saved_before_anybody_has_consented() {
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
async fn a_page_is_offered_what_there_is_in_greenhouse() {
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
    assert_eq!(users.len(), 2, "service accounts are none to choose");
    let (_, fields) = scene.get("choices/fields").await;
    let level = json!([{
        "on": "application", "key": "level", "name": "Level", "value_type": "single_select",
        "uses": ["recommendation", "trait"],
    }]);
    assert_eq!(fields["fields"], level);
    let (_, sources) = scene.get("choices/sources").await;
    assert_eq!(sources["sources"][0]["id"], scene.greenhouse.source());
    scene.strike().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn interview_kits_that_may_not_be_read_keep_no_stage_from_being_offered() {
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

fn mapped(mapping: Value) -> Value {
    json!({ "account-executive": mapping })
}
