//! Connection of accounts to a partner's app by a consent in Greenhouse: two hosts on one store.

mod leaks;
mod stage;

use http::Method;
use mock_greenhouse::Consent;
use serde_json::{Value, json};

use self::stage::{Returned, Stage, consent};

#[tokio::test(flavor = "multi_thread")]
async fn a_consent_begun_on_one_host_is_completed_on_another() {
    let stage = Stage::set().await;
    let before = stage.connection(0).await;
    assert_eq!(before["status"], "not_connected");
    assert_eq!(before["redirect_uri"], "https://partner.example/callback");
    assert!(!stage.lists_jobs(0).await);

    let url = stage.start(0, "acme").await;
    let returned = consent(url.clone()).await;
    let (status, report) = stage.answered(1, &returned).await;
    assert_eq!(
        (status, &report["result"]),
        (200, &json!("connected")),
        "{report}"
    );
    assert_eq!(report["remedy"], Value::Null, "{report}");
    for host in [0, 1] {
        let connection = stage.connection(host).await;
        assert_eq!(connection["status"], "connected", "{connection}");
        assert_eq!(connection["connected_at"], "2026-06-02T12:00:00Z");
        assert_eq!(connection["user"], stage.greenhouse.site_admin());
        assert_eq!(connection["site_admin"], true);
        assert_eq!(connection["missing_scopes"], json!([]));
        let asked = url
            .query_pairs()
            .find(|(name, _)| name == "scope")
            .unwrap()
            .1;
        let granted = connection["scopes"].as_array().unwrap();
        assert_eq!(granted.len(), asked.split(' ').count());
        assert!(stage.lists_jobs(host).await);
    }
    // The other account with the same app is not connected.
    let other = stage.ask(0, "zenith", Method::GET, "connection", &Value::Null);
    assert_eq!(other.await.1["status"], "not_connected");
}

#[tokio::test(flavor = "multi_thread")]
async fn additional_scopes_are_asked_for_on_request() {
    let stage = Stage::set().await;
    let scopes = async |body: Value| {
        let (_, report) = stage.act(0, body).await;
        let url: url::Url = report["authorize_url"].as_str().unwrap().parse().unwrap();
        let mut query = url.query_pairs();
        query
            .find(|(name, _)| name == "scope")
            .unwrap()
            .1
            .into_owned()
    };
    let plain = scopes(json!({ "action": "start" })).await;
    assert!(plain.contains("harvest:candidates:create"));
    assert!(!plain.contains("webhooks") && !plain.contains("scorecards"));
    let all = json!({ "action": "start", "also": ["scorecards", "webhooks"] });
    let all = scopes(all).await;
    assert!(all.contains("harvest:webhooks:create"));
    assert!(all.contains("harvest:scorecards:create"));
    let mut each: Vec<_> = all.split(' ').collect();
    let count = each.len();
    each.sort_unstable();
    each.dedup();
    assert_eq!(each.len(), count, "{all}");
}

#[tokio::test(flavor = "multi_thread")]
async fn no_other_state_connects_an_account() {
    type Change = fn(&mut Returned, &Returned);
    let cases: [(&str, u64, Change); 7] = [
        ("consent_expired", 600, |_, _| ()),
        // A consent of another account: its user would connect their organization to this one.
        ("consent_unknown", 0, |own, foreign| own.clone_from(foreign)),
        ("consent_unknown", 0, |own, _| {
            own.insert("state".to_owned(), "0".repeat(64));
        }),
        ("consent_incomplete", 0, |own, _| {
            own.remove("code");
        }),
        ("consent_denied", 0, |own, _| {
            own.insert("error".to_owned(), "access_denied".to_owned());
        }),
        ("consent_failed", 0, |own, _| {
            own.insert("error".to_owned(), "invalid_scope".to_owned());
        }),
        // Greenhouse's code is valid for a minute.
        ("greenhouse_refused", 60, |_, _| ()),
    ];
    for (code, seconds, change) in cases {
        let stage = Stage::set().await;
        let foreign = consent(stage.start(0, "zenith").await).await;
        let mut own = consent(stage.start(0, "acme").await).await;
        change(&mut own, &foreign);
        stage.advance(seconds);
        let (status, refused) = stage.answered(1, &own).await;
        assert_eq!(
            (status, &refused["error"]["code"]),
            (409, &json!(code)),
            "{refused}"
        );
        for text in ["message", "remedy"] {
            let text = refused["error"][text].as_str().unwrap();
            assert!(!text.is_empty(), "{refused}");
        }
        let asked = usize::from(code == "greenhouse_refused");
        assert_eq!(stage.token_requests(), asked, "{code}");
        assert_eq!(
            stage.connection(0).await["status"],
            "not_connected",
            "{code}"
        );
        assert_eq!(stage.token().await, None, "{code}");
        // After any answer to its own consent, the state is used up.
        if code != "consent_unknown" {
            let (_, again) = stage.answered(0, &own).await;
            assert_eq!(again["error"]["code"], "consent_used", "{code}");
        }
        stage.connect(0).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_used_state_changes_nothing() {
    let stage = Stage::set().await;
    let returned = consent(stage.start(0, "acme").await).await;
    assert_eq!(stage.answered(0, &returned).await.0, 200);
    let (before, requests) = (stage.token().await, stage.token_requests());
    for host in [0, 1] {
        let (status, refused) = stage.answered(host, &returned).await;
        assert_eq!(
            (status, &refused["error"]["code"]),
            (409, &json!("consent_used"))
        );
    }
    // A later page of the same user replaces an earlier one.
    let first = consent(stage.start(0, "acme").await).await;
    stage.start(1, "acme").await;
    let (_, refused) = stage.answered(0, &first).await;
    assert_eq!(refused["error"]["code"], "consent_unknown");
    assert_eq!(
        (stage.token().await, stage.token_requests()),
        (before, requests)
    );
    assert_eq!(stage.connection(0).await["status"], "connected");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_in_greenhouse_is_told() {
    let stage = Stage::set().await;
    stage
        .greenhouse
        .switch(|switches| switches.consent = Consent::Refuses);
    let returned = consent(stage.start(0, "acme").await).await;
    let (status, refused) = stage.answered(0, &returned).await;
    assert_eq!(
        (status, &refused["error"]["code"]),
        (409, &json!("consent_denied"))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_consent_begun_in_greenhouse_waits_for_a_confirmation() {
    let stage = Stage::set().await;
    let waiting = async |host| {
        let (status, report) = stage.answered(host, &stage.consent_in_greenhouse()).await;
        assert_eq!(
            (status, &report["result"]),
            (200, &json!("confirm")),
            "{report}"
        );
        assert_eq!(report["connection"], Value::Null);
        report["confirm"].as_str().unwrap().to_owned()
    };
    let confirm = async |host, id: &str| {
        let body = json!({ "action": "confirm", "confirm": id });
        let (status, body) = stage.act(host, body).await;
        (
            status,
            body["error"]["code"]
                .as_str()
                .unwrap_or_default()
                .to_owned(),
        )
    };
    let first = waiting(0).await;
    let id = waiting(0).await;
    assert_eq!(stage.token_requests(), 0);
    assert_eq!(stage.connection(0).await["status"], "not_connected");
    let page = format!("connection?confirm={id}");
    let shown = stage
        .ask(1, "acme", Method::GET, &page, &Value::Null)
        .await
        .1;
    assert_eq!(
        shown["confirmable_until"], "2026-06-02T12:01:00Z",
        "{shown}"
    );
    let refused = (409, "consent_not_waiting".to_owned());
    // The code that arrived last is not the one of the first page.
    for wrong in [&first, "", "x"] {
        assert_eq!(confirm(1, wrong).await, refused, "{wrong}");
    }
    let other = json!({ "action": "confirm", "confirm": id });
    let other = stage.ask(0, "zenith", Method::POST, "connection", &other);
    assert_eq!(other.await.1["error"]["code"], "consent_not_waiting");
    assert_eq!(stage.token_requests(), 0);

    assert_eq!(confirm(1, &id).await, (200, String::new()));
    assert_eq!(stage.connection(0).await["status"], "connected");
    assert_eq!(confirm(0, &id).await, refused);

    let late = waiting(0).await;
    stage.advance(60);
    let page = format!("connection?confirm={late}");
    let shown = stage
        .ask(1, "acme", Method::GET, &page, &Value::Null)
        .await
        .1;
    assert_eq!(shown["confirmable_until"], Value::Null);
    let requests = stage.token_requests();
    assert_eq!(
        confirm(0, &late).await,
        (409, "consent_code_expired".to_owned())
    );
    assert_eq!(stage.token_requests(), requests);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_user_who_is_no_site_admin_is_told_at_once() {
    let stage = Stage::set().await;
    let user = stage.greenhouse.job_admin();
    stage.greenhouse.set_consenting_user(user).unwrap();
    let report = stage.connect(0).await;
    let connection = &report["connection"];
    assert_eq!(
        (&connection["user"], &connection["site_admin"]),
        (&json!(user), &json!(false))
    );
    let message = connection["message"].as_str().unwrap();
    assert!(message.contains("not a Site Admin") && message.contains(&user.to_string()));
    assert!(
        report["remedy"].as_str().unwrap().contains("Site Admin"),
        "{report}"
    );
    let health = stage
        .ask(1, "acme", Method::GET, "health", &Value::Null)
        .await
        .1;
    let mut checks = health["checks"].as_array().unwrap().iter();
    let reader = checks
        .find(|check| check["name"] == "harvest_reader")
        .unwrap();
    assert_eq!(reader["state"], "problem");

    // Another consent replaces the user on both hosts.
    assert_eq!(stage.connection(1).await["site_admin"], false);
    let admin = stage.greenhouse.site_admin();
    stage.greenhouse.set_consenting_user(admin).unwrap();
    stage.advance(1);
    stage.connect(0).await;
    for host in [0, 1] {
        let connection = stage.connection(host).await;
        assert_eq!(
            (&connection["user"], &connection["message"]),
            (&json!(admin), &Value::Null)
        );
        assert!(stage.lists_jobs(host).await);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_ended_connection_is_renewed() {
    let stage = Stage::set().await;
    stage.connect(0).await;
    // Unused refresh tokens expire after 14 days.
    stage.advance(15 * 24 * 3600);
    for host in [0, 1] {
        let connection = stage.connection(host).await;
        assert_eq!(connection["status"], "ended", "{connection}");
        assert_eq!(connection["connected_at"], "2026-06-02T12:00:00Z");
        assert!(
            connection["message"]
                .as_str()
                .unwrap()
                .contains("has ended")
        );
        assert!(
            connection["remedy"]
                .as_str()
                .unwrap()
                .contains("Connect the account again")
        );
    }
    // A rejected refresh token is not sent again by the same host.
    let requests = stage.token_requests();
    stage.connection(0).await;
    assert_eq!(stage.token_requests(), requests);
    stage.connect(1).await;
    for host in [0, 1] {
        assert_eq!(stage.connection(host).await["status"], "connected");
        assert!(stage.lists_jobs(host).await);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn disconnecting_removes_the_tokens_for_every_host() {
    let stage = Stage::set().await;
    stage.connect(0).await;
    assert!(stage.lists_jobs(0).await && stage.lists_jobs(1).await);
    let begun = consent(stage.start(0, "acme").await).await;
    let (status, report) = stage.act(0, json!({ "action": "disconnect" })).await;
    assert_eq!(
        (status, &report["result"]),
        (200, &json!("disconnected")),
        "{report}"
    );
    assert!(
        report["remedy"]
            .as_str()
            .unwrap()
            .contains("remove the app there")
    );
    assert!(stage.token().await.unwrap().is_removed());
    for host in [0, 1] {
        assert_eq!(stage.connection(host).await["status"], "not_connected");
        assert!(
            !stage.lists_jobs(host).await,
            "host {host} still has the token"
        );
    }
    // A consent that was in progress does not connect the account again.
    let (_, refused) = stage.answered(1, &begun).await;
    assert_eq!(refused["error"]["code"], "consent_used");
    assert!(stage.token().await.unwrap().is_removed());
    assert_eq!(stage.act(1, json!({ "action": "disconnect" })).await.0, 200);
    stage.connect(1).await;
    assert!(stage.lists_jobs(0).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_customers_own_credential_has_nothing_to_connect() {
    let stage = Stage::set().await;
    let shown = stage
        .ask(0, "own", Method::GET, "connection", &Value::Null)
        .await;
    assert_eq!(
        (shown.0, &shown.1["status"]),
        (200, &json!("no_partner_app"))
    );
    for body in [
        json!({ "action": "start" }),
        json!({ "action": "callback", "code": "c" }),
        json!({ "action": "confirm", "confirm": "c" }),
        json!({ "action": "disconnect" }),
    ] {
        let refused = stage.ask(0, "own", Method::POST, "connection", &body).await;
        assert_eq!(
            (refused.0, &refused.1["error"]["code"]),
            (409, &json!("no_partner_app"))
        );
    }
    for body in [
        Value::Null,
        json!({}),
        json!({ "action": "news" }),
        json!({ "action": "start", "also": ["all"] }),
        json!({ "action": "confirm" }),
        json!({ "action": "callback", "code": 7 }),
    ] {
        assert_eq!(stage.act(0, body.clone()).await.0, 422, "{body}");
    }
    let unknown = stage
        .ask(0, "nobody", Method::GET, "connection", &Value::Null)
        .await;
    assert_eq!(unknown.0, 404);
}
