//! Invalid input causes a specific error, and nothing is written.

use greenhouse_core::{Secret, trigger::Trigger};
use reqwest::Method;
use serde_json::{Value, json};
use server::{accounts::AccountConfig, demo::Demo};

use super::{
    directions::{finished, taken},
    http::{answer, request, seen, signature},
    setup::Setup,
};

pub(crate) async fn invalid_thresholds_and_scores_are_refused(setup: Setup) {
    let stage = setup.stage().await;
    let id = taken(&stage, "account-executive").await;
    let before = seen(&stage).await;

    let thresholds = |yes: Value| json!({ "thresholds": { "strong_yes": 80, "yes": yes, "mixed": 40, "no": 20 } });
    for (yes, named) in [
        (json!(90), "Yes"),
        (json!(40), "Yes"),
        (json!(101), "Yes"),
        (json!("abc"), "thresholds"),
        (json!(null), "thresholds"),
    ] {
        let refused = stage
            .client
            .ask(
                "POST",
                "/api/integrations/greenhouse/preview",
                Some(&thresholds(yes.clone())),
            )
            .await
            .unwrap();
        assert_refused(&refused.body, refused.status, 422, "bad_body", named, &yes);
    }
    let path = format!("product/assessments/{id}/complete");
    for score in ["101", "-1", "\"abc\"", "NaN", "null", "1e999", "[]"] {
        let body = format!(r#"{{"score":{score}}}"#);
        let (status, answered) = answer(as_operator(&stage, Method::POST, &path).body(body)).await;
        assert_refused(&answered, status, 422, "bad_body", "", &score);
    }
    assert_eq!(seen(&stage).await, before);
    stage.stop().await.unwrap();
}

pub(crate) async fn invalid_push_requests_are_refused(setup: Setup) {
    let manual = |account: &mut AccountConfig| {
        account.push.as_mut().unwrap().trigger = Trigger::Manual;
    };
    let stage = setup.setting().with(manual).start().await.unwrap();
    let unfinished = taken(&stage, "account-executive").await;
    let unmapped = finished(&stage, "customer-success", 90.0).await;
    let before = seen(&stage).await;

    for (id, status, code) in [
        (unfinished.as_str(), 409, "not_completed"),
        (unmapped.as_str(), 422, "no_mapping"),
        ("unheard-of", 404, "not_found"),
    ] {
        let path = format!("/api/integrations/greenhouse/push/{id}");
        let refused = stage.client.ask("POST", &path, None).await.unwrap();
        assert_refused(&refused.body, refused.status, status, code, "", &id);
    }
    assert_eq!(seen(&stage).await, before);
    assert_eq!(
        stage.greenhouse.candidates().len(),
        1,
        "only the seeded candidate"
    );
    stage.stop().await.unwrap();
}

pub(crate) async fn invalid_send_test_requests_are_refused(setup: Setup) {
    let stage = setup.stage().await;
    let before = seen(&stage).await;
    let good = json!({
        "partner_test_id": "discovery-call",
        "candidate": { "first_name": "Mira", "last_name": "Okafor", "email": "mira@example.org",
            "greenhouse_profile_url": "https://app.greenhouse.io/people/1?application_id=2" },
        "url": format!("{}/integrations/testing_partners/take_home_tests/1", stage.greenhouse.url()),
    });
    let with = |path: &str, value: Value| {
        let mut body = good.clone();
        *body.pointer_mut(path).unwrap() = value;
        body.to_string()
    };
    for (body, status) in [
        (with("/partner_test_id", json!("unheard-of")), 422),
        (with("/partner_test_id", Value::Null), 422),
        (with("/candidate/email", Value::Null), 422),
        ("{".to_owned(), 400),
        (String::new(), 400),
        ("x".repeat(70_000), 413),
    ] {
        let send = request(&stage, Method::POST, "api/greenhouse/send-test")
            .basic_auth(stage.partner_key.expose(), Some(""))
            .body(body.clone());
        let (got, answered) = answer(send).await;
        assert_eq!(got, status, "{} {answered}", &body[..body.len().min(200)]);
        assert!(
            !answered["error"]["message"]
                .as_str()
                .unwrap_or_default()
                .is_empty(),
            "{answered}"
        );
    }
    let (status, _) = answer(request(&stage, Method::GET, "api/greenhouse/list-tests")).await;
    assert_eq!(status, 401, "without a key");
    let wrong =
        request(&stage, Method::GET, "api/greenhouse/list-tests").basic_auth("wrong", Some(""));
    assert_eq!(answer(wrong).await.0, 401);
    // Only the sync log has changed: it has an entry for each refusal.
    let (log, assessments, counts) = seen(&stage).await;
    assert_eq!((assessments, counts), (before.1, before.2));
    let entries = log["entries"].as_array().unwrap();
    let refused = entries.iter().filter(|entry| {
        let code = entry["code"].as_str().unwrap_or_default();
        code.starts_with("test_refused") && entry["status"] == "failed"
    });
    assert_eq!(refused.count(), 6, "{log}");
    assert!(!log.to_string().contains("mira@"), "{log}");
    stage.stop().await.unwrap();
}

pub(crate) async fn unauthentic_webhooks_are_refused(setup: Setup) {
    let stage = setup.stage().await;
    let before = seen(&stage).await;
    let (url, secret) = &stage.hook;
    let path = url.strip_prefix(&stage.host_url).unwrap();
    let body = r#"{"action":"reject_candidate","payload":{"application":{"id":1}}}"#;
    let good = signature(secret, body.as_bytes());
    let wrong = signature(&Secret::new("another"), body.as_bytes());

    for (name, header, body, status) in [
        ("unsigned", None, body.to_owned(), 401),
        (
            "signed with another secret",
            Some(wrong),
            body.to_owned(),
            401,
        ),
        (
            "malformed signature header",
            Some(good.replace(' ', "=")),
            body.to_owned(),
            401,
        ),
        (
            "body changed",
            Some(good.clone()),
            body.replace('1', "2"),
            401,
        ),
        (
            "not JSON",
            Some(signature(secret, b"{")),
            "{".to_owned(),
            400,
        ),
        (
            "over the limit",
            Some(good.clone()),
            "x".repeat(2 * 1024 * 1024),
            413,
        ),
    ] {
        let mut send = request(&stage, Method::POST, path).body(body);
        if let Some(header) = header {
            send = send.header("Signature", header);
        }
        let (got, answered) = answer(send).await;
        assert_eq!(got, status, "{name}: {answered}");
        assert!(!answered.to_string().contains(secret.expose()), "{name}");
    }
    let unknown = request(
        &stage,
        Method::POST,
        "api/webhooks/greenhouse/nobodys-hook-key",
    )
    .header("Signature", good)
    .body(body);
    assert_eq!(answer(unknown).await.0, 404);
    // Only the sync log has changed: it has an entry for the signed body that is not JSON.
    let (log, assessments, counts) = seen(&stage).await;
    assert_eq!((assessments, counts), (before.1, before.2));
    let entries = log["entries"].as_array().unwrap();
    let codes: Vec<&Value> = entries.iter().map(|entry| &entry["code"]).collect();
    assert_eq!(codes, ["webhook_refused_malformed"], "{log}");
    stage.stop().await.unwrap();
}

pub(crate) async fn operator_endpoints_require_a_token(setup: Setup) {
    let stage = setup.stage().await;
    for path in [
        "health",
        "sync-log",
        "sync-log/1",
        "sync-log/summary",
        "push/1",
        "choices/jobs",
        "anything",
    ] {
        let path = format!("api/integrations/greenhouse/{path}");
        let (status, _) = answer(request(&stage, Method::GET, &path)).await;
        assert_eq!(status, 401, "{path}");
        let wrong = request(&stage, Method::GET, &path).bearer_auth("wrong");
        assert_eq!(answer(wrong).await.0, 401, "{path}");
    }
    assert_eq!(
        answer(request(&stage, Method::GET, "product/assessments"))
            .await
            .0,
        401
    );
    stage.stop().await.unwrap();
}

fn as_operator(stage: &Demo, method: Method, path: &str) -> reqwest::RequestBuilder {
    request(stage, method, path).bearer_auth(stage.client.token().expose())
}

fn assert_refused(
    body: &Value,
    status: u16,
    expected: u16,
    code: &str,
    named: &str,
    given: &dyn std::fmt::Debug,
) {
    assert_eq!(status, expected, "{given:?}: {body}");
    assert_eq!(body["error"]["code"], *code, "{given:?}: {body}");
    let message = body["error"]["message"].as_str().unwrap();
    assert!(
        !message.is_empty() && message.contains(named),
        "{given:?}: {body}"
    );
}
