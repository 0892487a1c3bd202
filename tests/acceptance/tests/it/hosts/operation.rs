//! Probes, metrics and logs for operators.

use std::time::Duration;

use greenhouse_core::Clock;
use greenhouse_harvest::SystemClock;
use reqwest::Method;
use serde_json::Value;
use server::demo::Demo;

use super::{
    directions::finished,
    http::{request, signature},
    setup::Setup,
};

pub(crate) async fn probes_report_liveness_and_readiness(setup: Setup) {
    let stage = setup.stage().await;
    for (path, said) in [("livez", "alive\n"), ("readyz", "ready\n")] {
        let answer = request(&stage, Method::GET, path).send().await.unwrap();
        assert_eq!(answer.status(), 200, "{path}");
        assert_eq!(answer.text().await.unwrap(), said);
        let head = request(&stage, Method::HEAD, path).send().await.unwrap();
        assert_eq!(head.status(), 200, "{path}");
        let length = &head.headers()["content-length"];
        assert_eq!(length, &said.len().to_string());
        for method in [Method::POST, Method::PUT, Method::DELETE, Method::OPTIONS] {
            let answer = request(&stage, method, path).send().await.unwrap();
            assert_eq!(answer.status(), 405, "{path}");
            assert_eq!(answer.headers()["allow"], "GET, HEAD");
        }
    }
    // No scraper is configured, so metrics are off.
    let metrics = request(&stage, Method::GET, "metrics").bearer_auth("");
    assert_eq!(metrics.send().await.unwrap().status(), 404);
    stage.stop().await.unwrap();
}

pub(crate) async fn metrics_count_work_and_contain_no_personal_data(setup: Setup) {
    let stage = setup.setting().metrics_token(TOKEN).start().await.unwrap();
    for wrong in [None, Some("another-token-of-length"), Some(&TOKEN[1..])] {
        let mut asked = request(&stage, Method::GET, "metrics");
        if let Some(token) = wrong {
            asked = asked.bearer_auth(token);
        }
        let refused = asked.send().await.unwrap();
        assert_eq!(refused.status(), 401);
        assert_eq!(refused.headers()["www-authenticate"], "Bearer");
    }

    let id = finished(&stage, "account-executive", 90.0).await;
    pushed(&stage).await;
    let body = webhook("metrics");
    let mark = signature(&stage.hook.1, body.as_bytes());
    for (mark, status) in [(mark.as_str(), 200), ("sha256 00", 401)] {
        let hook = stage.hook.0.strip_prefix(&stage.host_url).unwrap();
        let sent = request(&stage, Method::POST, hook)
            .header("Signature", mark)
            .header("Greenhouse-Event-ID", "event-of-the-metrics")
            .body(body.clone());
        assert_eq!(sent.send().await.unwrap().status(), status);
    }
    let nothing = format!("nothing/{id}");
    let nothing = request(&stage, Method::GET, &nothing).send().await.unwrap();
    assert_eq!(nothing.status(), 404);

    let shown = shown(&stage).await;
    for line in [
        "greenhouse_outcomes_total{outcome=\"done\",subject=\"push\"} 1",
        "greenhouse_http_requests_total{endpoint=\"webhook\",method=\"POST\",status=\"4xx\"} 1",
        "greenhouse_http_requests_total{endpoint=\"metrics\",method=\"GET\",status=\"4xx\"} 3",
        "greenhouse_http_requests_total{endpoint=\"unknown\",method=\"GET\",status=\"4xx\"} 1",
        // The pings of the four hooks also count as deliveries.
        "greenhouse_http_requests_total{endpoint=\"webhook\",method=\"POST\",status=\"2xx\"} 5",
        "greenhouse_webhook_durable_seconds_count 5",
        "greenhouse_harvest_tokens_total{outcome=\"given\"} 1",
        "greenhouse_harvest_calls_total{call=\"POST /v3/candidates\",status=\"2xx\"} 1",
        "greenhouse_due_tasks_known 1",
        "greenhouse_due_tasks_oldest_seconds{kind=\"push\"} 0",
    ] {
        assert!(shown.lines().any(|one| one == line), "{line} in\n{shown}");
    }
    for name in [
        "greenhouse_store_call_seconds_count{call=\"StoreWriter::apply\"}",
        "greenhouse_harvest_rate_limit",
        "greenhouse_harvest_rate_left",
        "greenhouse_harvest_call_seconds_sum{call=\"POST /v3/candidates\"}",
    ] {
        assert!(value(&shown, name) > 0.0, "{name} in\n{shown}");
    }
    let left = value(&shown, "greenhouse_harvest_rate_left");
    assert!(left < value(&shown, "greenhouse_harvest_rate_limit"));
    let key = stage.hook.0.rsplit('/').next().unwrap();
    for secret in [id.as_str(), key, TOKEN, "demo", "Noor", "noor@"] {
        assert!(!shown.contains(secret), "{secret} in\n{shown}");
    }
    stage.stop().await.unwrap();
}

/// Checks the response header only. The log is checked by a test that starts its own process,
/// because a process has only one log.
pub(crate) async fn valid_request_ids_are_kept_and_others_replaced(setup: Setup) {
    let stage = setup.stage().await;
    let named = async |given: &str| {
        let asked = request(&stage, Method::GET, "nothing").header("X-Request-Id", given);
        let answer = asked.send().await.unwrap();
        let name = answer.headers()["x-request-id"].to_str().unwrap();
        name.to_owned()
    };
    assert_eq!(named("0f-1:2_3.4").await, "0f-1:2_3.4");
    let (one, other) = (named("noor@example.org").await, named("two words").await);
    assert!(one != other && one.len() > 16, "{one}, {other}");
    assert!(!one.contains("noor") && !other.contains("words"));
    stage.stop().await.unwrap();
}

/// Waits until the push of the only assessment has ended.
async fn pushed(stage: &Demo) {
    for _ in 0..500 {
        let log = "/api/integrations/greenhouse/sync-log";
        let log = stage.client.ask("GET", log, None).await.unwrap();
        let entries = log.body["entries"].as_array().unwrap();
        let is_done = |entry: &Value| entry["subject"] == "push" && entry["status"] == "done";
        if entries.iter().any(is_done) {
            return;
        }
        SystemClock.sleep(Duration::from_millis(20)).await;
    }
    panic!("nothing was pushed");
}

async fn shown(stage: &Demo) -> String {
    let asked = request(stage, Method::GET, "metrics").bearer_auth(TOKEN);
    let answer = asked.send().await.unwrap();
    assert_eq!(answer.status(), 200);
    assert_eq!(
        answer.headers()["content-type"],
        "text/plain; version=0.0.4"
    );
    answer.text().await.unwrap()
}

fn value(shown: &str, name: &str) -> f64 {
    let mut lines = shown.lines();
    let line = lines.find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
    line.unwrap_or_default().parse().unwrap_or_default()
}

/// Returns the body of a ping from a hook with this name.
fn webhook(name: &str) -> String {
    format!(r#"{{"action":"ping","payload":{{"web_hook_id":1,"name":"{name}"}}}}"#)
}

const TOKEN: &str = "canary-token-of-the-metrics";
