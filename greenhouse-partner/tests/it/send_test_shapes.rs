//! Every known shape of `send_test`.

use greenhouse_core::{
    ApplicationId, CandidateId, InvitationId, ScenarioId,
    platform::{AssessmentPlatform, Scenario},
    store::{
        Applied, Changes, Erasure, InvitationState, InvitedPerson, NoticeState, Records,
        StoreWriter,
    },
};
use http::StatusCode;
use serde_json::{Value, json};

use crate::support::{World, completed, send_test_body};

const PATH: &str = "/api/greenhouse/send-test";

#[tokio::test]
async fn each_shape_is_accepted_and_stored_completely() {
    for shape in shapes() {
        let world = World::new();
        let id = ScenarioId::new("12345");
        let name = "Old".to_owned();
        world
            .platform
            .add_scenario(&world.account, Scenario { id, name });
        let body = shape.body.to_string();
        let answer = world.post(PATH, body.clone()).await;
        assert_eq!(answer.status, 200, "{}: {}", shape.name, answer.text());
        let again = world.post(PATH, body).await;
        assert_eq!(again.json(), answer.json(), "{}: a retry", shape.name);

        let id = answer.json()["partner_interview_id"]
            .as_str()
            .unwrap()
            .to_owned();
        let invitation = world.invitation(&id).await;
        let ids = (
            invitation.candidate.map(CandidateId::value),
            invitation.application.map(ApplicationId::value),
        );
        assert_eq!(ids, shape.ids, "{}", shape.name);
        let callback = invitation.callback.as_ref().map(|url| url.as_str());
        assert_eq!(callback, shape.callback, "{}", shape.name);
        let person = &invitation.person;
        assert_eq!(
            person.first_name.as_deref(),
            Some(shape.first_name),
            "{}",
            shape.name
        );
        assert_eq!(person.last_name.as_deref(), Some("Byron"), "{}", shape.name);
        assert_eq!(
            person.email.as_deref(),
            Some("ada@example.org"),
            "{}",
            shape.name
        );
        assert_eq!(
            Value::Object(person.more.clone()),
            shape.more,
            "{}",
            shape.name
        );

        world.run_due().await;
        assert_eq!(world.platform.invited(), 1, "{}", shape.name);
        assert_eq!(world.invitation(&id).await.state, InvitationState::Invited);
    }
}

/// Nothing reads the other members of a request after the product has received them.
#[tokio::test]
async fn members_are_dropped_when_the_product_has_received_them() {
    for refuses in [false, true] {
        let world = World::new();
        let mut body = send_test_body("777");
        body["candidate"]["phone_number"] = json!("+44 20 7946 0018");
        let answer = world.post(PATH, body.to_string()).await.json();
        let id = answer["partner_interview_id"].as_str().unwrap();
        // While the product does not respond, the members are kept.
        world.platform.set_down(true);
        world.run_due().await;
        assert!(!world.invitation(id).await.person.more.is_empty());
        world.platform.set_down(false);
        world.tick(60);
        if refuses {
            world.platform.set_refusing(Some("no licence".to_owned()));
        }
        world.run_due().await;
        let invitation = world.invitation(id).await;
        assert!(invitation.person.more.is_empty(), "{refuses}");
        assert_eq!(invitation.person.email.as_deref(), Some("ada@example.org"));
        if !refuses {
            let invite = world.platform.invites().remove(0);
            let phone = invite.details.phone_number.as_deref();
            assert_eq!(phone, Some("+44 20 7946 0018"));
        }
    }
}

#[tokio::test]
async fn additional_members_are_passed_with_the_person() {
    let world = World::new();
    let mut body = send_test_body("777");
    body["candidate"]["phone_number"] = json!("+44 20 7946 0018");
    let answer = world.post(PATH, body.to_string()).await.json();
    let id = answer["partner_interview_id"].as_str().unwrap();
    assert!(!world.invitation(id).await.person.more.is_empty());

    let mut changes = Changes::none();
    changes.erasures = vec![Erasure::everything(CandidateId::new(11))];
    let applied = world.store.apply(&world.account, changes).await;
    assert_eq!(applied.unwrap(), Applied::Applied);
    assert_eq!(world.invitation(id).await.person, InvitedPerson::default());
}

#[tokio::test]
async fn every_member_reaches_the_product() {
    let world = World::new();
    let mut body = send_test_body("777");
    body["candidate"]["preferred_name"] = json!("Countess");
    body["candidate"]["phone_number"] = json!("+44 20 7946 0018");
    body["candidate"]["resume_url"] = json!("https://files.example/cv?signature=1");
    body["candidate"]["pronouns"] = json!("she");
    body["job"] = json!({ "id": 7 });
    let requested_at = world.now();
    let answer = world.post(PATH, body.to_string()).await.json();
    // The link is valid for seven days from the request, however late the invitation is.
    world.tick(3600);
    world.run_due().await;
    let invite = world.platform.invites().pop().unwrap();
    assert_eq!(invite.invitation.as_str(), answer["partner_interview_id"]);
    assert_eq!(invite.person.email.as_deref(), Some("ada@example.org"));
    let details = &invite.details;
    assert_eq!(details.preferred_name.as_deref(), Some("Countess"));
    assert_eq!(details.phone_number.as_deref(), Some("+44 20 7946 0018"));
    assert_eq!(details.sender.as_deref(), Some("recruiter@example.org"));
    let profile = details.profile_url.as_ref().map(|url| url.as_str());
    assert_eq!(profile, Some(PROFILE));
    let resume = details.resume.as_ref().unwrap();
    assert_eq!(resume.url.as_str(), "https://files.example/cv?signature=1");
    assert_eq!(resume.expires_at - requested_at, chrono::TimeDelta::days(7));
    let other = json!({ "job": { "id": 7 }, "candidate": { "pronouns": "she" } });
    assert_eq!(Value::Object(details.other.clone()), other);
    let debug = format!("{invite:?}");
    for personal in [
        "Ada",
        "Countess",
        "7946",
        "recruiter",
        "files.example",
        "people/11",
        "she",
    ] {
        assert!(!debug.contains(personal), "{debug}");
    }
}

/// The members are as deep as the parser allows and as large as a body may be. The task must still
/// be able to read the record.
#[tokio::test]
async fn oversized_members_are_accepted_but_not_stored() {
    let world = World::new();
    let deep = format!("{}1{}", "[".repeat(120), "]".repeat(120));
    let large = "x".repeat(60_000);
    for (request, member) in [("1", deep), ("2", format!("\"{large}\""))] {
        let body = send_test_body(request).to_string();
        let body = format!("{{\"news\":{member},{}", &body[1..]);
        let answer = world.post(PATH, body).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        let id = answer.json()["partner_interview_id"]
            .as_str()
            .unwrap()
            .to_owned();
        let more = world.invitation(&id).await.person.more;
        assert_eq!(
            Value::Object(more),
            json!({ "sent_by": "recruiter@example.org", "candidate": { "greenhouse_profile_url": PROFILE } })
        );
    }
}

/// The earlier invitation keeps its assessment, result and URL.
#[tokio::test]
async fn a_resend_does_not_change_the_earlier_invitation() {
    let world = World::new();
    let mut assessments = Vec::new();
    let mut ids = Vec::new();
    let mut unnamed = send_test_body("none");
    unnamed["url"] = Value::Null;
    for body in [send_test_body("777"), send_test_body("778"), unnamed] {
        let answer = world.post(PATH, body.to_string()).await.json();
        let id = answer["partner_interview_id"].as_str().unwrap().to_owned();
        world.run_due().await;
        assessments.push(world.invitation(&id).await.assessment.unwrap());
        ids.push(id);
    }
    for (id, assessment) in ids.iter().zip(&assessments) {
        let of_it = world
            .store
            .invitation_of_assessment(&world.account, assessment)
            .await;
        assert_eq!(of_it.unwrap().unwrap().id, InvitationId::new(id.clone()));
        let known = world.platform.assessment(&world.account, assessment).await;
        assert_eq!(
            known.unwrap().unwrap().invitation,
            Some(InvitationId::new(id.clone()))
        );
    }

    let mut first = completed(assessments[0].clone());
    first.invitation = Some(InvitationId::new(ids[0].clone()));
    world.platform.put(&world.account, first);
    world.transport.answer(StatusCode::NO_CONTENT, "");
    world
        .service
        .assessment_changed(&world.account, &assessments[0])
        .await
        .unwrap();
    world.run_due().await;
    let mut states = Vec::new();
    for id in &ids {
        let invitation = world.invitation(id).await;
        states.push((invitation.state, invitation.notice));
    }
    let waiting = (InvitationState::Invited, NoticeState::None);
    let finished = (InvitationState::Completed, NoticeState::Accepted);
    assert_eq!(states, [finished, waiting, waiting]);
    let sent = world.transport.sent();
    let paths: Vec<_> = sent.iter().map(|request| request.uri.path()).collect();
    assert_eq!(paths, ["/integrations/take_home_tests/777"]);

    // A late repeat of the first request is the same invitation and sends no second one.
    let late = world
        .post(PATH, send_test_body("777").to_string())
        .await
        .json();
    assert_eq!(late["partner_interview_id"], json!(ids[0]));
    world.run_due().await;
    assert_eq!(world.platform.invited(), 3);
}

/// A body and its stored form.
struct Shape {
    name: &'static str,
    body: Value,
    first_name: &'static str,
    ids: (Option<i64>, Option<i64>),
    callback: Option<&'static str>,
    more: Value,
}

fn shapes() -> Vec<Shape> {
    let person = json!({ "first_name": "Ada", "last_name": "Byron", "email": "ada@example.org" });
    let with = |more: Value| {
        let mut person = person.clone();
        person
            .as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        person
    };
    let both = (Some(11), Some(22));
    vec![
        Shape {
            name: "2016: a number for the test, an old host, nulls, no URL",
            body: json!({
                "partner_test_id": 12345,
                "candidate": with(json!({
                    "resume_url": null, "phone_number": null,
                    "greenhouse_profile_url": "https://www.greenhouse.io/people/11?application_id=22",
                })),
            }),
            first_name: "Ada",
            ids: both,
            callback: None,
            more: json!({ "candidate": {
                "greenhouse_profile_url": "https://www.greenhouse.io/people/11?application_id=22",
            } }),
        },
        Shape {
            name: "2019: the URL inside the candidate",
            body: json!({
                "partner_test_id": "12345",
                "candidate": with(json!({
                    "phone_number": "1", "greenhouse_profile_url": PROFILE, "url": CALLBACK,
                })),
            }),
            first_name: "Ada",
            ids: both,
            callback: Some(CALLBACK),
            more: json!({ "candidate": { "phone_number": "1", "greenhouse_profile_url": PROFILE } }),
        },
        Shape {
            name: "until 2024: the URL beside it, no sender",
            body: json!({
                "partner_test_id": "12345",
                "candidate": with(json!({ "resume_url": "https://files.example/cv", "greenhouse_profile_url": PROFILE })),
                "url": CALLBACK,
            }),
            first_name: "Ada",
            ids: both,
            callback: Some(CALLBACK),
            more: json!({ "candidate": {
                "resume_url": "https://files.example/cv", "greenhouse_profile_url": PROFILE,
            } }),
        },
        Shape {
            name: "today, with everything",
            body: json!({
                "partner_test_id": "12345",
                "candidate": with(json!({
                    "preferred_name": "Countess", "resume_url": "https://files.example/cv", "phone_number": "1",
                    "greenhouse_profile_url": PROFILE,
                })),
                "sent_by": "lee@example.org", "url": CALLBACK,
            }),
            first_name: "Ada",
            ids: both,
            callback: Some(CALLBACK),
            more: json!({
                "sent_by": "lee@example.org",
                "candidate": {
                    "preferred_name": "Countess", "resume_url": "https://files.example/cv", "phone_number": "1",
                    "greenhouse_profile_url": PROFILE,
                },
            }),
        },
        Shape {
            name: "today, with null for every optional member",
            body: json!({
                "partner_test_id": "12345",
                "candidate": with(json!({
                    "preferred_name": null, "resume_url": null, "phone_number": null, "greenhouse_profile_url": null,
                })),
                "sent_by": null, "url": CALLBACK,
            }),
            first_name: "Ada",
            ids: (None, None),
            callback: Some(CALLBACK),
            more: json!({}),
        },
        Shape {
            name: "only required members",
            body: json!({ "partner_test_id": "12345", "candidate": person }),
            first_name: "Ada",
            ids: (None, None),
            callback: None,
            more: json!({}),
        },
        Shape {
            name: "ids beside the profile, as one vendor lists them",
            body: json!({
                "partner_test_id": "12345", "candidate": with(json!({ "id": 11 })), "application": { "id": 22 },
                "url": CALLBACK,
            }),
            first_name: "Ada",
            ids: both,
            callback: Some(CALLBACK),
            more: json!({ "application": { "id": 22 }, "candidate": { "id": 11 } }),
        },
        Shape {
            name: "a given name that is null",
            body: json!({
                "partner_test_id": "12345", "candidate": with(json!({ "first_name": null, "preferred_name": "Countess" })),
            }),
            first_name: "Countess",
            ids: (None, None),
            callback: None,
            more: json!({ "candidate": { "preferred_name": "Countess" } }),
        },
        Shape {
            name: "tomorrow: unknown members",
            body: json!({
                "partner_test_id": "12345", "candidate": with(json!({ "pronouns": ["she"] })), "url": CALLBACK,
                "job": { "id": 7, "name": "Account Executive" },
            }),
            first_name: "Ada",
            ids: (None, None),
            callback: Some(CALLBACK),
            more: json!({ "job": { "id": 7, "name": "Account Executive" }, "candidate": { "pronouns": ["she"] } }),
        },
    ]
}

const PROFILE: &str = "https://app.greenhouse.io/people/11?application_id=22";
const CALLBACK: &str =
    "https://app.greenhouse.io/integrations/testing_partners/take_home_tests/777";
