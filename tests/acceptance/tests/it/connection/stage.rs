//! Two hosts on one store, with accounts that use a partner's app, and a browser.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use async_trait::async_trait;
use bytes::Bytes;
use chrono::{DateTime, Utc};
use greenhouse_core::{
    AccountId, Clock,
    integration::{Environment, Integration, NewAccount},
    settings::{HarvestCredential, PushSettings},
    store::{Shared, StoredToken, TokenKey, memory::MemoryStore},
    testing::FakePlatform,
};
use greenhouse_harvest::{Push, ReqwestTransport};
use http::{Method, Request};
use mock_greenhouse::{Config, MockClock, MockGreenhouse};
use reqwest::redirect::Policy;
use serde_json::{Value, json};
use url::Url;

/// Parameters with which Greenhouse opens the redirect URI.
pub(super) type Returned = BTreeMap<String, String>;

pub(super) struct Stage {
    pub(super) greenhouse: MockGreenhouse,
    pub(super) store: Arc<MemoryStore>,
    pub(super) hosts: [Integration; 2],
    clock: MockClock,
}

impl Stage {
    /// The accounts `acme` and `zenith` use the partner's app, `own` has a credential of its own.
    pub(super) async fn set() -> Self {
        Self::with(MockGreenhouse::start(config()).await.unwrap()).await
    }

    pub(super) async fn with(greenhouse: MockGreenhouse) -> Self {
        greenhouse.seed_job("Account Executive", &["Application Review"]);
        let clock = greenhouse.clock().clone();
        let store = Arc::new(MemoryStore::new());
        let hosts = [(); 2].map(|()| {
            Integration::builder(FakePlatform::new(), Arc::clone(&store))
                .public_url("https://assess.example.com")
                .unwrap()
                .environment(Environment::sandbox(greenhouse.url()).unwrap())
                .clock(SharedClock(clock.clone()))
                .with(Push::new(ReqwestTransport::direct().unwrap()))
                .build()
                .unwrap()
        });
        let app = greenhouse.partner_credential();
        let secret = |text: &String| Some(text.as_str().into());
        let of_app = HarvestCredential::partner(
            &app.client_id,
            secret(&app.client_secret),
            &app.redirect_uri,
        );
        let own = greenhouse.credential();
        let own = HarvestCredential::new(&own.client_id, secret(&own.client_secret));
        for (name, credential) in [("acme", of_app.clone()), ("zenith", of_app), ("own", own)] {
            let push = PushSettings::new(credential.unwrap());
            let account = NewAccount::new(name).without_assessments().push(push);
            hosts[0].accounts().create(account).await.unwrap();
        }
        Self {
            greenhouse,
            store,
            hosts,
            clock,
        }
    }

    pub(super) fn advance(&self, seconds: u64) {
        self.clock.advance(Duration::from_secs(seconds));
    }

    /// Calls an operator endpoint of a host.
    pub(super) async fn ask(
        &self,
        host: usize,
        account: &str,
        method: Method,
        path: &str,
        body: &Value,
    ) -> (u16, Value) {
        let request = Request::builder()
            .method(method)
            .uri(format!("/api/integrations/greenhouse/{path}"))
            .body(Bytes::from(match body {
                Value::Null => String::new(),
                body => body.to_string(),
            }));
        let account = AccountId::new(account);
        let response = self.hosts[host].operator(&account, request.unwrap()).await;
        let body = serde_json::from_slice(response.body()).unwrap();
        (response.status().as_u16(), body)
    }

    /// `GET connection` of `acme`.
    pub(super) async fn connection(&self, host: usize) -> Value {
        let asked = self.ask(host, "acme", Method::GET, "connection", &Value::Null);
        let (status, body) = asked.await;
        assert_eq!(status, 200, "{body}");
        body
    }

    /// `POST connection` of `acme`.
    pub(super) async fn act(&self, host: usize, body: Value) -> (u16, Value) {
        self.ask(host, "acme", Method::POST, "connection", &body)
            .await
    }

    /// Begins a consent and returns the URL at Greenhouse.
    pub(super) async fn start(&self, host: usize, account: &str) -> Url {
        let body = json!({ "action": "start" });
        let asked = self.ask(host, account, Method::POST, "connection", &body);
        let (status, body) = asked.await;
        assert_eq!(
            (status, &body["result"]),
            (200, &json!("started")),
            "{body}"
        );
        body["authorize_url"].as_str().unwrap().parse().unwrap()
    }

    /// Passes on what Greenhouse sent to the redirect URI.
    pub(super) async fn answered(&self, host: usize, returned: &Returned) -> (u16, Value) {
        let mut body = json!(returned);
        body["action"] = json!("callback");
        self.act(host, body).await
    }

    /// Connects `acme`.
    pub(super) async fn connect(&self, host: usize) -> Value {
        let returned = consent(self.start(host, "acme").await).await;
        let (status, body) = self.answered(host, &returned).await;
        assert_eq!(
            (status, &body["result"]),
            (200, &json!("connected")),
            "{body}"
        );
        body
    }

    /// Parameters after a consent that was begun in Greenhouse.
    pub(super) fn consent_in_greenhouse(&self) -> Returned {
        parameters(
            &self
                .greenhouse
                .consent_in_greenhouse()
                .unwrap()
                .parse()
                .unwrap(),
        )
    }

    /// Number of requests for a token.
    pub(super) fn token_requests(&self) -> usize {
        let exchanges = self.greenhouse.exchanges();
        let tokens = exchanges.iter().filter(|exchange| exchange.url == "/token");
        tokens.count()
    }

    /// Lists jobs for the settings page, as a call that needs the token.
    pub(super) async fn lists_jobs(&self, host: usize) -> bool {
        let asked = self.ask(host, "acme", Method::GET, "choices/jobs", &Value::Null);
        asked.await.0 == 200
    }

    pub(super) async fn token(&self) -> Option<StoredToken> {
        let client_id = &self.greenhouse.partner_credential().client_id;
        let key = TokenKey::new(client_id, None);
        self.store
            .token(&AccountId::new("acme"), &key)
            .await
            .unwrap()
    }
}

/// Opens the URL as a browser, and returns the parameters for the redirect URI.
pub(super) async fn consent(url: Url) -> Returned {
    let browser = reqwest::Client::builder()
        .no_proxy()
        .redirect(Policy::none());
    let back = browser.build().unwrap().get(url).send().await.unwrap();
    assert_eq!(back.status(), 302);
    parameters(
        &back.headers()["location"]
            .to_str()
            .unwrap()
            .parse()
            .unwrap(),
    )
}

fn parameters(url: &Url) -> Returned {
    url.query_pairs().into_owned().collect()
}

pub(super) fn config() -> Config {
    let at = "2026-06-02T12:00:00Z".parse().unwrap();
    let mut config = Config::default()
        .with_rate_limit(100_000)
        .with_token_rate_limit(100_000);
    config.clock = MockClock::held(at);
    config
}

/// The mock's clock. A sleep advances it after a short real delay, so that responses can arrive in
/// between.
#[derive(Debug)]
struct SharedClock(MockClock);

#[async_trait]
impl Clock for SharedClock {
    fn now(&self) -> DateTime<Utc> {
        self.0.now()
    }

    async fn sleep(&self, duration: Duration) {
        tokio::time::sleep(Duration::from_millis(10)).await;
        self.0.advance(duration);
    }
}
