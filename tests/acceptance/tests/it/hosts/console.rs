//! The console of the server.

use std::io;

use reqwest::{Client, Method, redirect::Policy};
use serde_json::Value;
use server::demo;

use super::{http::request, setup::Setup};

pub(crate) async fn the_console_opens_with_the_operator_token(setup: Setup) {
    let setting = setup.setting().metrics_token(METRICS);
    let stage = setting.start().await.unwrap();
    let client = Client::builder().no_proxy().redirect(Policy::none());
    let client = client.build().unwrap();
    let address = |path: &str| format!("{}{path}", stage.host_url);
    let page = client.get(address("console/health")).send().await.unwrap();
    assert_eq!(page.status(), 303);
    let form = page.headers()["location"].to_str().unwrap().to_owned();
    assert_eq!(form, "/console/sign-in?next=%2Fconsole%2Fhealth");
    let form = client.get(address(&form[1..])).send().await.unwrap();
    assert_eq!(form.status(), 200);

    let sign_in = async |token: &str| {
        let request = client.post(address("console/sign-in"));
        let request = request
            .header("sec-fetch-site", "same-origin")
            .header("content-type", "application/x-www-form-urlencoded");
        let form = format!("token={token}&next=/console/health");
        request.body(form).send().await.unwrap()
    };
    assert_eq!(sign_in("canary-token").await.status(), 401);
    let signed_in = sign_in(stage.client.token().expose()).await;
    assert_eq!(signed_in.status(), 303);
    assert_eq!(signed_in.headers()["location"], "/console/health");
    let cookie = signed_in.headers()["set-cookie"].to_str().unwrap();
    assert!(cookie.starts_with("greenhouse-console="), "{cookie}");
    assert!(!cookie.contains("Secure"), "the demo has no TLS: {cookie}");
    let cookie = cookie.split(';').next().unwrap();

    let page = client
        .get(address("console/health"))
        .header("cookie", cookie);
    let page = page.send().await.unwrap();
    assert_eq!(page.status(), 200);
    let policy = page.headers()["content-security-policy"].to_str().unwrap();
    assert!(policy.contains("frame-ancestors 'none'"), "{policy}");
    let page = page.text().await.unwrap();
    assert!(page.contains("action=\"/console/sign-out\""), "{page}");

    let metrics = request(&stage, Method::GET, "metrics").bearer_auth(METRICS);
    let shown = metrics.send().await.unwrap().text().await.unwrap();
    let line =
        "greenhouse_http_requests_total{endpoint=\"console\",method=\"POST\",status=\"4xx\"} 1";
    assert!(shown.lines().any(|one| one == line), "{shown}");
    let (_, sealed) = cookie.split_once('=').unwrap();
    for secret in [sealed, stage.client.token().expose(), "canary"] {
        assert!(!shown.contains(secret), "{shown}");
    }
    stage.stop().await.unwrap();
}

/// What the console of `demo --keep` shows.
pub(crate) async fn the_demo_that_keeps_running_has_pushes_in_every_state(setup: Setup) {
    let stage = setup.stage().await;
    demo::run_steps(&stage, &mut io::sink()).await.unwrap();
    demo::add_samples(&stage).await.unwrap();
    let log = "/api/integrations/greenhouse/sync-log?limit=100";
    let log = stage.client.ask("GET", log, None).await.unwrap().body;
    let entries = log["entries"].as_array().unwrap();
    let count = |subject: &str, status: &str| {
        let of_state = |entry: &&Value| entry["subject"] == subject && entry["status"] == status;
        entries.iter().filter(of_state).count()
    };
    for (status, expected) in [("done", 3), ("skipped", 2), ("failed", 1), ("pending", 1)] {
        assert_eq!(count("push", status), expected, "{status} in {log:#}");
    }
    for word in ["rejected", "hired"] {
        let is_told = |entry: &Value| {
            let text = entry["text"].as_str().unwrap_or_default();
            entry["subject"] == "event" && text.to_lowercase().contains(word)
        };
        assert!(entries.iter().any(is_told), "{word} in {log:#}");
    }
    // A person can mend the failed push.
    let failed = entries.iter().find(|entry| entry["status"] == "failed");
    let retry = format!("sync-log/{}/retry", failed.unwrap()["id"]);
    let retry = format!("/api/integrations/greenhouse/{retry}");
    let retried = stage.client.ask("POST", &retry, None).await.unwrap();
    assert_eq!(retried.status, 200, "{retried:?}");
    assert_eq!(retried.body["state"], "done", "{retried:?}");
    stage.stop().await.unwrap();
}

const METRICS: &str = "the-token-of-the-scraper";
