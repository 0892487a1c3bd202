use greenhouse_core::{
    ApplicationId, CandidateId, InvitationId, ScenarioId,
    health::CheckState,
    operator::OperatorPart,
    platform::AssessmentPlatform,
    store::{
        Applied, Changes, Invitation, InvitationState, InvitedPerson, LogStatus, LogSubject,
        NoticeState, RequestKey, StoreWriter, TaskKind, Write,
    },
};
use http::Method;
use serde_json::{Value, json};

use crate::support::{OTHER_KEY, World, send_test_body};

const PATH: &str = "/api/greenhouse/send-test";

#[tokio::test]
async fn is_durable_and_then_invites_once() {
    let world = World::new();
    let answer = world.post(PATH, send_test_body("777").to_string()).await;
    assert_eq!(answer.status, 200);
    let id = answer.json()["partner_interview_id"]
        .as_str()
        .unwrap()
        .to_owned();
    assert_eq!(answer.json(), json!({ "partner_interview_id": id }));
    assert!(
        id.len() == 32 && id.bytes().all(|byte| byte.is_ascii_hexdigit()),
        "{id}"
    );

    let invitation = world.invitation(&id).await;
    assert_eq!(invitation.state, InvitationState::Received);
    assert_eq!(invitation.notice, NoticeState::None);
    assert_eq!(invitation.candidate, Some(CandidateId::new(11)));
    assert_eq!(invitation.application, Some(ApplicationId::new(22)));
    assert_eq!(invitation.person.email.as_deref(), Some("ada@example.org"));
    assert_eq!(
        world.lines().await,
        [
            "invitation done: Greenhouse sent the test \"Discovery Call\". The candidate is being invited."
        ]
    );
    assert_eq!(world.platform.invited(), 0);

    world.run_due().await;
    world.run_due().await;
    let invitation = world.invitation(&id).await;
    assert_eq!(invitation.state, InvitationState::Invited);
    let assessment = invitation.assessment.unwrap();
    let seen = world
        .platform
        .assessment(&world.account, &assessment)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(seen.person.email.as_deref(), Some("ada@example.org"));
    assert_eq!(world.platform.invited(), 1);
    assert_eq!(world.backlog(TaskKind::Invite).await, 0);
}

#[tokio::test]
async fn the_same_request_is_the_same_invitation() {
    let world = World::new();
    let first = world
        .post(PATH, send_test_body("777").to_string())
        .await
        .json();
    assert_eq!(
        world
            .post(PATH, send_test_body("777").to_string())
            .await
            .json(),
        first
    );
    // A repeated request is recognized even while the product is unavailable.
    world.platform.set_down(true);
    assert_eq!(
        world
            .post(PATH, send_test_body("777").to_string())
            .await
            .json(),
        first
    );
    world.platform.set_down(false);
    world.run_due().await;
    assert_eq!(
        world
            .post(PATH, send_test_body("777").to_string())
            .await
            .json(),
        first
    );
    assert_eq!(world.platform.invited(), 1);
    assert_eq!(world.log().await.len(), 1);

    // A resend has another URL and is another invitation.
    assert_ne!(
        world
            .post(PATH, send_test_body("778").to_string())
            .await
            .json(),
        first
    );

    // Requests before autumn 2019 had no URL.
    let mut old = send_test_body("779");
    old["url"] = Value::Null;
    let unnamed = world.post(PATH, old.to_string()).await.json();
    assert_ne!(unnamed, first);
    assert_eq!(world.post(PATH, old.to_string()).await.json(), unnamed);
    world.run_due().await;
    assert_eq!(world.platform.invited(), 3);
}

/// Earlier versions identified the request by the last segment alone.
#[tokio::test]
async fn each_part_of_the_callback_address_names_the_request() {
    let world = World::new();
    let mut ids = std::collections::BTreeSet::new();
    let addresses = [
        "https://app.greenhouse.io/integrations/take_home_tests/777",
        "https://app2.greenhouse.io/integrations/take_home_tests/777",
        "https://app.greenhouse.io/integrations/other/take_home_tests/777",
        "https://app.greenhouse.io/integrations/take_home_tests/777?test=1",
        "https://app.greenhouse.io/integrations/take_home_tests/777?test=2",
        "https://app.greenhouse.io/complete?take_home_test=777",
        "https://app.greenhouse.io/complete?take_home_test=778",
        "https://app.greenhouse.io/",
    ];
    for (number, address) in addresses.into_iter().enumerate() {
        let mut body = send_test_body("777");
        body["url"] = json!(address);
        body["candidate"]["email"] = json!(format!("person-{number}@example.org"));
        let first = world.post(PATH, body.to_string()).await.json();
        let again = world.post(PATH, body.to_string()).await.json();
        assert_eq!(first, again, "{address}");
        ids.insert(first.to_string());
    }
    assert_eq!(ids.len(), addresses.len());
    world.run_due().await;
    assert_eq!(world.platform.invited(), addresses.len());

    let mut spelled = send_test_body("777");
    spelled["candidate"]["email"] = json!("person-0@example.org");
    for address in [
        "HTTPS://APP.Greenhouse.IO/integrations/take_home_tests/777",
        "https://app.greenhouse.io:443/integrations/x/../take_home_tests/777#part",
        "https://app.greenhouse.io/integrations/take%5Fhome%5ftests/777",
    ] {
        spelled["url"] = json!(address);
        let answer = world.post(PATH, spelled.to_string()).await.json();
        assert!(ids.contains(&answer.to_string()), "{address}");
    }
}

#[tokio::test]
async fn a_repeated_address_for_another_candidate_or_test_is_another_invitation() {
    let world = World::new();
    let first = send_test_body("777");
    let with = |pointer: &str, value: Value| {
        let mut body = send_test_body("777");
        *body.pointer_mut(pointer).unwrap() = value;
        body
    };
    let profile = "https://app.greenhouse.io/people/12?application_id=23";
    let bodies = [
        first,
        with("/candidate/email", json!("zed@example.org")),
        with("/candidate/greenhouse_profile_url", json!(profile)),
        with("/partner_test_id", json!("sc-2")),
    ];
    let mut ids = std::collections::BTreeSet::new();
    for _ in 0..2 {
        for body in &bodies {
            let answer = world.post(PATH, body.to_string()).await.json();
            ids.insert(answer.to_string());
        }
    }
    assert_eq!(ids.len(), bodies.len());
    world.run_due().await;
    assert_eq!(world.platform.invited(), bodies.len());
    let log = world.log().await;
    let reused = log
        .iter()
        .filter(|logged| logged.entry.code == "callback_reused");
    assert_eq!(reused.clone().count(), bodies.len() - 1);
    assert!(
        reused
            .clone()
            .all(|logged| logged.entry.invitation.is_some())
    );

    // The letter case of an email address, or a request with fewer members, makes no difference.
    for same in [
        with("/candidate/email", json!(" ADA@example.org")),
        with("/candidate/greenhouse_profile_url", Value::Null),
    ] {
        let answer = world.post(PATH, same.to_string()).await.json();
        assert!(ids.contains(&answer.to_string()), "{same}");
    }
}

/// Earlier versions stored the last segment of the callback address as the key.
#[tokio::test]
async fn invitations_with_an_earlier_key_stay_known() {
    let world = World::new();
    let mut invitation = Invitation::new(
        InvitationId::new("earlier"),
        RequestKey::new("url:777"),
        ScenarioId::new("sc-1"),
        InvitedPerson::new("Ada", "Byron", "ada@example.org"),
        world.now(),
    );
    let callback = send_test_body("777")["url"].as_str().unwrap().to_owned();
    invitation.callback = Some(callback.parse().unwrap());
    let mut changes = Changes::none();
    changes.invitations.push(Write::Put(invitation));
    let applied = world.store.apply(&world.account, changes).await;
    assert_eq!(applied.unwrap(), Applied::Applied);

    let earlier = json!({ "partner_interview_id": "earlier" });
    let mut body = send_test_body("777");
    assert_eq!(world.post(PATH, body.to_string()).await.json(), earlier);
    body["candidate"]["email"] = json!("zed@example.org");
    assert_ne!(world.post(PATH, body.to_string()).await.json(), earlier);
    let mut other = send_test_body("777");
    other["url"] = json!("https://app2.greenhouse.io/integrations/take_home_tests/777");
    assert_ne!(world.post(PATH, other.to_string()).await.json(), earlier);
}

#[tokio::test]
async fn accepts_the_request_while_the_product_is_down() {
    let world = World::new();
    world.platform.set_down(true);
    let mut unknown = send_test_body("778");
    unknown["partner_test_id"] = json!("sc-9");
    let good = world.post(PATH, send_test_body("777").to_string()).await;
    let bad = world.post(PATH, unknown.to_string()).await;
    assert_eq!((good.status, bad.status), (200, 200));
    world.run_due().await;
    assert_eq!(world.backlog(TaskKind::Invite).await, 2);

    world.platform.set_down(false);
    world.transport.answer(http::StatusCode::NO_CONTENT, "");
    world.tick(5);
    world.run_due().await;
    world.run_due().await;
    let state = |id: Value| async move { id["partner_interview_id"].as_str().unwrap().to_owned() };
    let good = world.invitation(&state(good.json()).await).await;
    let bad = world.invitation(&state(bad.json()).await).await;
    assert_eq!(
        (good.state, bad.state),
        (InvitationState::Invited, InvitationState::Refused)
    );
    assert_eq!(bad.notice, NoticeState::Accepted);
    let lines = world.lines().await;
    assert!(
        lines.contains(
            &"problem failed: The candidate was not invited: the product did not find the scenario. In Greenhouse, \
              choose another test at the stage, then send it."
                .to_owned()
        ),
        "{lines:?}"
    );
}

#[tokio::test]
async fn invalid_requests_are_named_and_logged_with_their_remedy() {
    let world = World::new();
    let with = |pointer: &str, value: Value| {
        let mut body = send_test_body("777");
        *body.pointer_mut(pointer).unwrap() = value;
        body.to_string()
    };
    let (test, email, malformed) = (
        "test_refused_unknown",
        "test_refused_email",
        "test_refused_malformed",
    );
    for (body, status, code, logged) in [
        (
            with("/partner_test_id", json!("sc-9")),
            422,
            "unknown_test",
            test,
        ),
        (
            with("/partner_test_id", json!(null)),
            422,
            "missing_test",
            test,
        ),
        (
            with("/candidate/email", json!(null)),
            422,
            "missing_email",
            email,
        ),
        (
            with("/candidate/email", json!("ada")),
            422,
            "bad_email",
            email,
        ),
        (with("/candidate", json!(null)), 422, "missing_email", email),
        (
            with("/url", json!("https://evil.example/1")),
            422,
            "bad_callback_url",
            "test_refused",
        ),
        ("{\"candidate\":".to_owned(), 400, "malformed", malformed),
        ("[]".to_owned(), 400, "malformed", malformed),
        (String::new(), 400, "malformed", malformed),
        ("x".repeat(70_000), 413, "too_large", "test_refused_size"),
    ] {
        let answer = world.post(PATH, body.clone()).await;
        assert_eq!(
            (answer.status, answer.code().as_str()),
            (status, code),
            "{body}"
        );
        assert!(!answer.text().contains("ada@"), "{}", answer.text());
        world.tick(1);
        let log = world.log().await;
        let entry = log
            .iter()
            .map(|logged| &logged.entry)
            .max_by_key(|entry| entry.at);
        let entry = entry.unwrap();
        assert_eq!(entry.code, logged, "{body}");
        assert_eq!(
            (entry.subject, entry.status),
            (LogSubject::Problem, LogStatus::Failed)
        );
        assert!(
            !entry.text.contains('@') && !entry.text.to_lowercase().contains("ada"),
            "{}",
            entry.text
        );
        let names_application =
            status == 422 && code != "missing_email" || body.contains("people/11");
        let application = names_application.then(|| ApplicationId::new(22));
        assert_eq!(entry.application, application, "{body}");
    }
    let checks = world.service.checks(&world.account).await;
    let problems = checks
        .iter()
        .find(|check| check.name == "problems")
        .unwrap();
    assert_eq!(problems.state, CheckState::Warning);

    // However many requests are refused, the log stays short.
    for application in 0..200 {
        let profile = format!("https://app.greenhouse.io/people/11?application_id={application}");
        let mut body = send_test_body("777");
        body["candidate"]["email"] = Value::Null;
        body["candidate"]["greenhouse_profile_url"] = json!(profile);
        assert_eq!(world.post(PATH, body.to_string()).await.status, 422);
    }
    let entries = world.log().await.len();
    assert!(entries <= 25, "{entries}");

    let other = world
        .request(
            Method::POST,
            PATH,
            Some(OTHER_KEY),
            send_test_body("777").to_string(),
        )
        .await;
    assert_eq!(
        other.json(),
        json!({ "error": { "code": "unknown_test", "message": "partner_test_id: the product has no test with this id" } })
    );
    world.run_due().await;
    assert_eq!(world.platform.invited(), 0);
}

#[tokio::test]
async fn a_test_id_may_be_a_number() {
    let world = World::new();
    world.platform.add_scenario(
        &world.account,
        greenhouse_core::platform::Scenario {
            id: greenhouse_core::ScenarioId::new("12345"),
            name: "Old".to_owned(),
        },
    );
    let mut body = send_test_body("777");
    body["partner_test_id"] = json!(12345);
    assert_eq!(world.post(PATH, body.to_string()).await.status, 200);
}
