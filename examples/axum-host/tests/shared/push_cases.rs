//! Invalid push settings and their fixes, shared by the settings endpoint, which refuses them, and
//! the doctor, which finds them in the database.

use serde_json::{Value, json};

use super::scene::Scene;

/// A problem in Greenhouse or in the settings.
pub(super) struct Case {
    pub(super) member: &'static str,
    pub(super) code: &'static str,
    pub(super) wrong: fn(&Scene, &mut Value),
    pub(super) right: fn(&Scene, &mut Value),
}

pub(super) const CASES: &[Case] = &[
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
        member: "status_field",
        code: "field_unknown",
        wrong: |_, settings| settings["status_field"] = json!("test_status"),
        right: |scene, settings| {
            let key = scene
                .field("application", "Test Status", "short_text", &[])
                .0;
            settings["status_field"] = json!(key);
        },
    },
    Case {
        member: "status_field",
        code: "field_unsuitable",
        wrong: |scene, settings| {
            let key = scene.field("application", "Test Day", "date", &[]).0;
            settings["status_field"] = json!(key);
        },
        right: |_, settings| settings["status_field"] = json!(null),
    },
    Case {
        member: "status_field",
        code: "field_options",
        wrong: |scene, settings| {
            let options = ["Invited", "started", "Completed", "Expired"];
            let key = scene
                .field("application", "Test Status", "single_select", &options)
                .0;
            settings["status_field"] = json!(key);
        },
        right: |scene, _| {
            let field = scene.greenhouse.records("custom_fields")[0].id;
            let option = json!({"custom_field_id": field, "name": "Withdrawn"});
            let seeded = scene.greenhouse.seed_record("custom_field_options", option);
            seeded.unwrap();
        },
    },
    Case {
        member: "status_field",
        code: "field_twice",
        wrong: |scene, settings| {
            let key = scene.field("application", "Result", "short_text", &[]).0;
            settings["fields"]["recommendation"] = json!({"key": key});
            settings["status_field"] = json!(key);
        },
        right: |_, settings| settings["status_field"] = json!(null),
    },
    Case {
        member: "status_field",
        code: "field_key_blank",
        wrong: |_, settings| settings["status_field"] = json!(" "),
        right: |_, settings| settings["status_field"] = json!(null),
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
    Case {
        member: "rules",
        code: "rules_overlap",
        wrong: |scene, settings| {
            let mut reject = reject(scene);
            reject["below"] = json!({"score": 75});
            settings["jobs"]["account-executive"]["advance_to"] = json!(scene.job.stages[2].id);
            settings["rules"] = json!({
                "mode": "dry_run",
                "advance": {"from": {"score": 70}},
                "reject": reject,
            });
        },
        right: |_, settings| {
            settings["rules"]["reject"]["below"] = json!({"recommendation": "mixed"})
        },
    },
    Case {
        member: "rules.advance",
        code: "rule_without_stage",
        wrong: |_, settings| {
            settings["jobs"]["account-executive"]["advance_to"] = json!(null);
            settings["rules"] =
                json!({"mode": "on", "advance": {"from": {"recommendation": "yes"}}});
        },
        right: |scene, settings| {
            settings["jobs"]["account-executive"]["advance_to"] = json!(scene.job.stages[2].id);
        },
    },
    Case {
        member: "stage_tests[1].stage",
        code: "stage_test_twice",
        wrong: |scene, settings| {
            let stage = scene.stage();
            settings["stage_tests"] = json!([test(scene, stage), test(scene, stage)]);
        },
        right: |_, settings| settings["stage_tests"] = json!([]),
    },
    Case {
        member: "stage_tests[0].scenario",
        code: "scenario_unknown",
        wrong: |scene, settings| {
            let mut test = test(scene, scene.stage());
            test["scenario"] = json!("removed");
            settings["stage_tests"] = json!([test]);
        },
        right: |_, settings| settings["stage_tests"] = json!([]),
    },
    Case {
        member: "stage_tests[0].stage",
        code: "stage_unknown",
        wrong: |scene, settings| settings["stage_tests"] = json!([test(scene, 12)]),
        right: |_, settings| settings["stage_tests"] = json!([]),
    },
    Case {
        member: "stage_tests[0].stage",
        code: "stage_of_another_job",
        wrong: |scene, settings| {
            let stage = scene.other.stage("Offer").unwrap();
            settings["stage_tests"] = json!([test(scene, stage)]);
        },
        right: |_, settings| settings["stage_tests"] = json!([]),
    },
    Case {
        member: "jobs.account-executive.advance_to",
        code: "stage_unknown",
        wrong: |_, settings| settings["jobs"]["account-executive"]["advance_to"] = json!(12),
        right: |_, settings| settings["jobs"]["account-executive"]["advance_to"] = json!(null),
    },
    Case {
        member: "rules.reject.reason",
        code: "rejection_reason_unknown",
        wrong: |_, settings| {
            let reject = json!({"below": {"score": 30}, "reason": 12});
            settings["rules"] = json!({"mode": "on", "reject": reject});
        },
        right: |scene, settings| settings["rules"]["reject"] = reject(scene),
    },
];

/// A test at a stage of the mapped job.
fn test(scene: &Scene, stage: i64) -> Value {
    json!({"job": scene.job(), "stage": stage, "scenario": "discovery-call"})
}

/// A rule that rejects with an existing reason.
fn reject(scene: &Scene) -> Value {
    json!({"below": {"score": 30}, "reason": scene.greenhouse.rejection_reason()})
}

fn mapped(mapping: Value) -> Value {
    json!({ "account-executive": mapping })
}
