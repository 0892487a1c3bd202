//! Each refused request leaves its trace: an entry in the sync log, or a problem in health, with the
//! remedy, without personal data, and bounded in number.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use greenhouse_core::{
    ApplicationId, health::CheckState, integration::InboundHead, operator::OperatorPart,
    store::LogSubject, testing::has_remedy,
};
use http::{Method, Request};
use serde_json::{Value, json};

use crate::support::{HOOK, KEY, World, send_test_body, sign};

/// Expected place of the trace.
#[derive(Debug, Clone, Copy)]
enum Seen {
    /// In the sync log, with this code.
    Log(&'static str),
    /// In the health check of this name.
    Health(&'static str),
}

struct Case {
    method: Method,
    path: String,
    key: Option<&'static str>,
    body: String,
    off: bool,
    status: u16,
    seen: Seen,
}

impl Case {
    fn new(method: Method, path: &str, body: impl Into<String>, status: u16, seen: Seen) -> Self {
        Self {
            method,
            path: path.to_owned(),
            key: Some(KEY),
            body: body.into(),
            off: false,
            status,
            seen,
        }
    }

    fn with_key(self, key: Option<&'static str>) -> Self {
        Self { key, ..self }
    }

    fn off(self) -> Self {
        Self { off: true, ..self }
    }
}

const LIST: &str = "/api/greenhouse/list-tests";
const SEND: &str = "/api/greenhouse/send-test";
const STATUS: &str = "/api/greenhouse/test-status";
const REPORT: &str = "/api/greenhouse/report/as-9";
const ERROR: &str = "/api/greenhouse/response-error";

fn test_with(pointer: &str, value: Value) -> String {
    let mut body = send_test_body("777");
    *body.pointer_mut(pointer).unwrap() = value;
    body.to_string()
}

fn cases() -> Vec<Case> {
    use Seen::{Health, Log};
    let (get, post) = (Method::GET, Method::POST);
    let large = "x".repeat(70_000);
    let unknown_id = format!("{STATUS}?partner_interview_id=unknown");
    let hook = format!("/api/webhooks/greenhouse/{HOOK}");
    let email = |value: &str| test_with("/candidate/email", json!(value));
    let mut cases = vec![
        Case::new(get.clone(), LIST, "", 401, Health("partner_key")).with_key(None),
        Case::new(get.clone(), LIST, "", 401, Health("partner_key")).with_key(Some("gpk_wrong")),
        Case::new(get.clone(), LIST, "", 404, Log("request_refused_off")).off(),
        Case::new(get.clone(), STATUS, "", 404, Log("request_refused_off")).off(),
        Case::new(get.clone(), REPORT, "", 404, Log("request_refused_off")).off(),
        Case::new(post.clone(), ERROR, "{}", 404, Log("request_refused_off")).off(),
        Case::new(
            post.clone(),
            SEND,
            send_test_body("1").to_string(),
            404,
            Log("test_refused_off"),
        )
        .off(),
        Case::new(post.clone(), &hook, "{}", 404, Health("webhooks"))
            .with_key(None)
            .off(),
        Case::new(get.clone(), STATUS, "", 400, Log("request_refused")),
        Case::new(
            get.clone(),
            &unknown_id,
            "",
            404,
            Log("status_of_unknown_test"),
        ),
        Case::new(get, REPORT, "", 404, Log("report_not_found")),
        Case::new(post.clone(), ERROR, "[", 400, Log("request_refused")),
        Case::new(
            post.clone(),
            ERROR,
            large.clone(),
            413,
            Log("request_refused_size"),
        ),
        Case::new(post.clone(), SEND, large, 413, Log("test_refused_size")),
        Case::new(post.clone(), SEND, "{", 400, Log("test_refused_malformed")),
        Case::new(
            post.clone(),
            SEND,
            test_with("/partner_test_id", json!("sc-9")),
            422,
            Log("test_refused_unknown"),
        ),
        Case::new(
            post.clone(),
            SEND,
            test_with("/url", json!("https://evil.example/1")),
            422,
            Log("test_refused"),
        ),
        Case::new(
            post.clone(),
            "/api/webhooks/greenhouse/unknown",
            "{}",
            404,
            Health("webhooks"),
        )
        .with_key(None),
        Case::new(post.clone(), &hook, "{}", 401, Health("webhooks")).with_key(None),
    ];
    for address in [
        "",
        "\u{200b}",
        "ada",
        "ada@",
        "ada@example",
        "ada%40example.org",
        "ada\n@example.org",
        "ada@example.org\0",
        "ada@exa mple.org",
        "a@b@example.org",
    ] {
        let body = email(address);
        cases.push(Case::new(
            post.clone(),
            SEND,
            body,
            422,
            Log("test_refused_email"),
        ));
    }
    cases
}

#[tokio::test]
async fn every_refused_request_leaves_its_trace() {
    for case in cases() {
        let world = World::new();
        if case.off {
            world.switch.off();
        }
        let shown = format!("{} {} {:?}", case.method, case.path, case.body.get(..200));
        for _ in 0..40 {
            let answer = world
                .request(case.method.clone(), &case.path, case.key, case.body.clone())
                .await;
            assert_eq!(answer.status, case.status, "{shown}: {}", answer.text());
        }
        world.run_due().await;
        let checks = world.service.checks(&world.account).await;
        let log = world.log().await;
        assert!(log.len() <= 16, "{shown}: {}", log.len());
        match case.seen {
            Seen::Log(code) => {
                let entry = &log.last().unwrap_or_else(|| panic!("{shown}")).entry;
                assert_eq!(entry.code, code, "{shown}");
                assert_eq!(entry.subject, LogSubject::Problem, "{shown}");
                assert!(has_remedy(&entry.text), "{shown}: {}", entry.text);
                let problems = checks.iter().find(|check| check.name == "problems");
                assert_eq!(problems.unwrap().state, CheckState::Warning, "{shown}");
            }
            Seen::Health(name) => {
                let check = checks.iter().find(|check| check.name == name);
                let check = check.unwrap_or_else(|| panic!("{shown}"));
                assert!(check.state > CheckState::Ok, "{shown}: {check:?}");
                assert!(check.text.contains("refused"), "{shown}: {}", check.text);
                assert!(
                    has_remedy(check.remedy.as_deref().unwrap_or_default()),
                    "{shown}"
                );
                assert!(log.is_empty(), "{shown}");
            }
        }
        let texts = log.iter().map(|logged| logged.entry.text.clone());
        let texts: Vec<_> = texts
            .chain(checks.iter().map(|check| check.text.clone()))
            .collect();
        let all = texts.join(" ").to_lowercase();
        assert!(!all.contains("ada") && !all.contains(KEY), "{shown}: {all}");
    }
}

#[tokio::test]
async fn a_signed_webhook_that_is_not_json_is_logged_once() {
    let world = World::new();
    for (number, body) in ["", "Ada Byron", "{", "{\"action\":\"ping\"} x"]
        .iter()
        .enumerate()
    {
        for repeat in 0..20 {
            let id = format!("e{number}-{repeat}");
            let answer = world.deliver_raw(HOOK, &id, Some(&sign(body)), body).await;
            assert_eq!((answer.status, answer.code().as_str()), (400, "malformed"));
        }
    }
    let log = world.log().await;
    assert_eq!(log.len(), 1);
    let entry = &log[0].entry;
    assert_eq!(entry.code, "webhook_refused_malformed");
    assert!(
        has_remedy(&entry.text) && !entry.text.contains("Ada"),
        "{}",
        entry.text
    );
    // Nothing else was stored, so a later delivery with the same id is new.
    let answer = world
        .deliver("e0-0", &json!({ "action": "ping", "payload": {} }))
        .await;
    assert_eq!(answer.status, 200);
}

/// The host reads no body above the limit, so it passes only the head.
#[tokio::test]
async fn a_body_that_the_host_did_not_read_is_logged_in_the_account_of_its_key() {
    let world = World::new();
    for _ in 0..40 {
        let basic = STANDARD.encode(format!("{KEY}:"));
        let request = Request::post(format!("https://host.example{SEND}"));
        let request = request.header("authorization", format!("Basic {basic}"));
        let (head, ()) = request.body(()).unwrap().into_parts();
        let mut head = InboundHead::parse(head).unwrap();
        world.service.admit(&mut head).await.unwrap();
        world.service.note_oversized(&head).await;
    }
    let log = world.log().await;
    assert!((1..=16).contains(&log.len()));
    for logged in log {
        assert_eq!(logged.entry.code, "test_refused_size");
        assert!(
            logged.entry.text.contains("body_limit"),
            "{}",
            logged.entry.text
        );
    }
}

#[tokio::test]
async fn a_product_that_refuses_to_list_its_tests_is_logged() {
    let world = World::new();
    let reason = "the licence has ended".to_owned();
    world.platform.set_refusing(Some(reason));
    assert_eq!(world.get(LIST).await.status, 422);
    let log = world.log().await;
    assert_eq!(log[0].entry.code, "request_refused_by_product");
    assert!(
        log[0].entry.text.contains("the licence has ended"),
        "{}",
        log[0].entry.text
    );
}

/// The names and the address that the product receives are those that a push would send.
#[tokio::test]
async fn names_and_addresses_are_normalised() {
    for (first, last, email, expected) in [
        (
            "Zed\u{200b}",
            "Ni\u{ad}x",
            "zed@example.org\u{200b}",
            ("Zed", "Nix", "zed@example.org"),
        ),
        (
            " Zed\r\nA. ",
            "Nix\0",
            " Zed@Example.org ",
            ("Zed A.", "Nix", "Zed@Example.org"),
        ),
        (
            "\u{202e}Zed",
            "Nix\u{2066}",
            "\u{ff5a}ed\u{ff20}example.org",
            ("Zed", "Nix", "zed@example.org"),
        ),
        (
            "\u{200b}",
            "",
            "zed@example.org",
            ("", "", "zed@example.org"),
        ),
    ] {
        let world = World::new();
        let mut body = send_test_body("777");
        body["candidate"]["first_name"] = json!(first);
        body["candidate"]["last_name"] = json!(last);
        body["candidate"]["email"] = json!(email);
        let answer = world.post(SEND, body.to_string()).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        let id = answer.json()["partner_interview_id"]
            .as_str()
            .unwrap()
            .to_owned();
        let invitation = world.invitation(&id).await;
        assert_eq!(invitation.application, Some(ApplicationId::new(22)));
        let person = &invitation.person;
        let stored = (
            person.first_name.as_deref().unwrap(),
            person.last_name.as_deref().unwrap(),
            person.email.as_deref().unwrap(),
        );
        assert_eq!(stored, expected);

        // Another spelling of the address is the same person, so it is the same invitation.
        body["candidate"]["email"] = json!("ZED@example.org\u{2060}");
        let again = world.post(SEND, body.to_string()).await;
        assert_eq!(again.json()["partner_interview_id"], json!(id));
    }
}
