//! The members of request bodies that have no machine-readable description, one line each.

use serde_json::{Value, json};

use crate::support::Scene;

/// Name of a member, `true` if it is required, accepted values, and rejected values.
type Member = (&'static str, bool, Vec<Value>, Vec<Value>);

async fn check(scene: &Scene, path: &str, base: &Value, members: Vec<Member>) {
    for (name, required, taken, refused) in members {
        let with = |value: &Value| {
            let mut body = base.clone();
            body[name] = value.clone();
            body
        };
        for value in taken {
            let reply = scene.harvest.post(path, with(&value)).await;
            assert_eq!(reply.status, 201, "{path} {name} {value} {:?}", reply.body);
        }
        for value in refused
            .into_iter()
            .chain([json!({ "nonsense": [] }), json!([[]])])
        {
            let reply = scene.harvest.post(path, with(&value)).await;
            assert_eq!(reply.status, 422, "{path} {name} {value}");
        }
        let mut without = base.clone();
        without.as_object_mut().unwrap().remove(name);
        let wanted = if required { 422 } else { 201 };
        let reply = scene.harvest.post(path, without).await;
        assert_eq!(reply.status, wanted, "{path} without {name}");
    }
    let mut more = base.clone();
    more["nonsense"] = json!(1);
    assert_eq!(scene.harvest.post(path, more).await.status, 422);
}

fn typed(words: &[&str], other: &str) -> (Vec<Value>, Vec<Value>) {
    let item = |kind: &str| json!([{ "value": "x", "type": kind }]);
    let refused = vec![
        item(other),
        json!([{ "value": "x" }]),
        json!([{ "type": words[0] }]),
        json!([{ "value": "x", "type": words[0], "primary": true }]),
        json!({ "value": "x", "type": words[0] }),
    ];
    (words.iter().map(|word| item(word)).collect(), refused)
}

#[tokio::test]
async fn a_new_candidate_accepts_the_documented_members_and_no_others() {
    let scene = Scene::with(crate::support::config().with_rate_limit(10_000)).await;
    let base = json!({ "first_name": "A", "last_name": "B" });
    let text = || (vec![json!("x")], vec![json!(1), json!(true)]);
    let flag = || {
        (
            vec![json!(true), json!(false)],
            vec![json!("true"), json!(1)],
        )
    };
    let mut members: Vec<Member> = Vec::new();
    for (name, required) in [
        ("first_name", true),
        ("last_name", true),
        ("preferred_name", false),
        ("company", false),
        ("title", false),
        ("time_zone", false),
    ] {
        let (taken, refused) = text();
        members.push((name, required, taken, refused));
    }
    for name in ["is_private", "can_email"] {
        let (taken, refused) = flag();
        members.push((name, false, taken, refused));
    }
    for (name, words, other) in [
        (
            "email_addresses",
            &["personal", "work", "other"][..],
            "home",
        ),
        (
            "phone_numbers",
            &["home", "work", "mobile", "skype", "other"],
            "personal",
        ),
        ("addresses", &["home", "work", "other"], "personal"),
        (
            "website_addresses",
            &["personal", "company", "portfolio", "blog", "other"],
            "work",
        ),
    ] {
        let (taken, refused) = typed(words, other);
        members.push((name, false, taken, refused));
    }
    members.push((
        "social_media_addresses",
        false,
        vec![json!([{ "value": "x" }])],
        vec![json!([{ "value": "x", "type": "other" }])],
    ));
    members.push((
        "tags",
        false,
        vec![json!(["a", "b"])],
        vec![json!("a"), json!([1])],
    ));
    members.push(("custom_fields", false, vec![json!([])], vec![json!({})]));
    let job = scene.job.job_id;
    let stage = scene.job.stages[1].id;
    members.push((
        "application",
        false,
        vec![
            json!({ "job_id": job, "initial_stage_id": stage, "source_id": 1, "recruiter_id": 2, "coordinator_id": 3, "referrer_id": 4 }),
            json!({ "prospect": true, "prospect_pool_id": 1, "prospect_pool_stage_id": 2, "prospect_owner_id": 3, "job_ids": [job] }),
        ],
        vec![
            json!({}),
            json!({ "job_id": "1" }),
            json!({ "job_id": job, "prospect_pool_id": 1 }),
            json!({ "prospect": true, "job_id": job }),
        ],
    ));
    members.push(("linked_user_ids", false, Vec::new(), vec![json!([1])]));
    check(&scene, "/v3/candidates", &base, members).await;
}

#[tokio::test]
async fn a_new_note_accepts_the_documented_members_and_no_others() {
    let scene = Scene::with(crate::support::config().with_rate_limit(10_000)).await;
    let application = scene.new_application();
    let candidate = scene
        .greenhouse
        .application(application)
        .unwrap()
        .candidate_id;
    let base = json!({ "candidate_id": candidate, "note_type": "NOTE", "visibility": "private", "body": "x" });
    let members: Vec<Member> = vec![
        (
            "candidate_id",
            true,
            vec![json!(candidate), json!(7)],
            vec![json!("7")],
        ),
        (
            "note_type",
            true,
            vec![json!("NOTE"), json!("ACTIVITY")],
            vec![json!("note"), json!("INTERVIEW"), json!("EMAIL")],
        ),
        (
            "visibility",
            true,
            vec![json!("public"), json!("private"), json!("admin_only")],
            vec![json!("PRIVATE"), json!("privately_visible")],
        ),
        ("body", true, vec![json!("two\nlines")], vec![json!(1)]),
        (
            "application_id",
            false,
            vec![json!(application)],
            vec![json!("7")],
        ),
        (
            "user_id",
            false,
            vec![json!(scene.greenhouse.job_admin())],
            vec![json!("7")],
        ),
        ("subject", false, vec![json!("x")], vec![json!(1)]),
        (
            "email_from",
            false,
            Vec::new(),
            vec![json!(["a@example.org"])],
        ),
        (
            "email_to",
            false,
            Vec::new(),
            vec![json!(["a@example.org"])],
        ),
        ("email_cc", false, Vec::new(), vec![json!([])]),
    ];
    check(&scene, "/v3/notes", &base, members).await;
    let email = json!({
        "candidate_id": candidate, "note_type": "EMAIL", "visibility": "public", "body": "x", "subject": "s",
        "email_from": ["a@example.org"], "email_to": ["b@example.org"], "email_cc": [],
    });
    let members: Vec<Member> = ["subject", "email_from", "email_to", "email_cc"]
        .into_iter()
        .map(|name| (name, true, Vec::new(), vec![json!(1)]))
        .collect();
    check(&scene, "/v3/notes", &email, members).await;
    assert_eq!(scene.harvest.post("/v3/notes", email).await.status, 201);
}

#[tokio::test]
async fn a_new_attachment_accepts_the_documented_members_and_no_others() {
    let scene = Scene::with(crate::support::config().with_rate_limit(10_000)).await;
    let base = json!({ "application_id": scene.new_application(), "filename": "a.pdf", "type": "other", "content": "YQ==" });
    let kinds = [
        "resume",
        "cover_letter",
        "take_home_test",
        "offer_packet",
        "offer_letter",
        "signed_offer_letter",
        "other",
        "form_attachment",
        "midfunnel_agreement",
        "automated_agreement",
    ];
    let members: Vec<Member> = vec![
        ("application_id", true, Vec::new(), vec![json!("7")]),
        ("filename", true, vec![json!("b.pdf")], vec![json!(1)]),
        (
            "type",
            true,
            kinds.map(|kind| json!(kind)).to_vec(),
            vec![json!("Other"), json!("cv")],
        ),
        (
            "content",
            true,
            vec![json!("Yg==")],
            vec![json!("*"), json!(1)],
        ),
        (
            "url",
            false,
            Vec::new(),
            vec![json!("https://files.example.org/a.pdf")],
        ),
        (
            "visibility",
            false,
            vec![json!("public"), json!("private"), json!("admin_only")],
            vec![json!("privately_visible")],
        ),
        (
            "content_type",
            false,
            Vec::new(),
            vec![json!("application/pdf")],
        ),
        ("candidate_id", false, Vec::new(), vec![json!(7)]),
    ];
    check(&scene, "/v3/attachments", &base, members).await;
    let mut by_url = base;
    by_url.as_object_mut().unwrap().remove("content");
    by_url["url"] = json!("https://files.example.org/a.pdf");
    assert_eq!(
        scene.harvest.post("/v3/attachments", by_url).await.status,
        201
    );
}
