use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::response::Response;
use bytes::Bytes;
use chrono::{DateTime, Utc};
use http::{HeaderMap, Method, StatusCode};
use mock_greenhouse::{Config, MockClock, MockGreenhouse, SeededJob};
use serde_json::Value;

/// A mock on a held clock, with one job that has three stages.
pub(crate) struct Scene {
    pub(crate) greenhouse: MockGreenhouse,
    pub(crate) job: SeededJob,
    pub(crate) harvest: Caller,
}

impl Scene {
    pub(crate) async fn new() -> Self {
        Self::with(config()).await
    }

    pub(crate) async fn with(config: Config) -> Self {
        let greenhouse = MockGreenhouse::start(config).await.unwrap();
        let job = greenhouse.seed_job(
            "Account Executive",
            &["Application Review", "Take Home Test", "Offer"],
        );
        let harvest = Caller::authenticated(&greenhouse, Some(greenhouse.site_admin())).await;
        Self {
            greenhouse,
            job,
            harvest,
        }
    }

    pub(crate) fn new_application(&self) -> i64 {
        let candidate = self
            .greenhouse
            .seed_candidate("Mira", "Okafor", "mira@example.org");
        self.greenhouse
            .seed_application(candidate, self.job.job_id)
            .unwrap()
    }

    pub(crate) fn stage(&self, name: &str) -> i64 {
        self.job.stage(name).unwrap()
    }
}

/// Creates a scene with a hook for each action. Webhooks are sent to the path `/<action>` of a
/// receiver that accepts everything.
pub(crate) async fn scene_with_hooks(actions: &[&str]) -> (Scene, Receiver) {
    let scene = Scene::new().await;
    let receiver = Receiver::start(|_| (200, String::new())).await;
    for action in actions {
        assert!(
            scene
                .greenhouse
                .add_hook(action, &format!("{}/{action}", receiver.url), "s3cret")
                .await
                .unwrap()
                .active
        );
    }
    (scene, receiver)
}

pub(crate) fn config() -> Config {
    Config::default().with_clock(MockClock::held(noon()))
}

pub(crate) fn noon() -> DateTime<Utc> {
    "2026-06-02T12:00:00.118Z".parse().unwrap()
}

/// An HTTP client for Harvest and its token host.
pub(crate) struct Caller {
    http: reqwest::Client,
    pub(crate) base: String,
    pub(crate) token: Option<String>,
}

pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Reply {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    pub(crate) fn ids(&self) -> Vec<i64> {
        assert_eq!(self.status, 200, "{}", String::from_utf8_lossy(&self.body));
        self.json()
            .as_array()
            .unwrap()
            .iter()
            .map(|row| row["id"].as_i64().unwrap())
            .collect()
    }
}

impl Caller {
    pub(crate) fn stranger(greenhouse: &MockGreenhouse) -> Self {
        let http = reqwest::Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .unwrap();
        Self {
            http,
            base: greenhouse.url().to_owned(),
            token: None,
        }
    }

    pub(crate) async fn authenticated(greenhouse: &MockGreenhouse, sub: Option<i64>) -> Self {
        let mut caller = Self::stranger(greenhouse);
        let form = sub.map_or_else(String::new, |sub| format!("&sub={sub}"));
        let reply = caller
            .token_form(greenhouse, &format!("grant_type=client_credentials{form}"))
            .await;
        caller.token = Some(reply.json()["access_token"].as_str().unwrap().to_owned());
        caller
    }

    pub(crate) async fn token_form(&self, greenhouse: &MockGreenhouse, form: &str) -> Reply {
        let credential = greenhouse.credential();
        self.form(
            "/token",
            &credential.client_id,
            &credential.client_secret,
            form,
        )
        .await
    }

    pub(crate) async fn form(&self, path: &str, user: &str, password: &str, form: &str) -> Reply {
        let request = self
            .http
            .post(format!("{}{path}", self.base))
            .basic_auth(user, Some(password));
        send(
            request
                .header("content-type", "application/x-www-form-urlencoded")
                .body(form.to_owned()),
        )
        .await
    }

    pub(crate) async fn form_without_credentials(&self, path: &str, form: &str) -> Reply {
        let request = self.http.post(format!("{}{path}", self.base));
        send(
            request
                .header("content-type", "application/x-www-form-urlencoded")
                .body(form.to_owned()),
        )
        .await
    }

    pub(crate) async fn get(&self, path: &str) -> Reply {
        self.call(Method::GET, path, None).await
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> Reply {
        self.call(Method::POST, path, Some(body)).await
    }

    pub(crate) async fn patch(&self, path: &str, body: Value) -> Reply {
        self.call(Method::PATCH, path, Some(body)).await
    }

    /// Sends a request. `path` can be an absolute URL.
    pub(crate) async fn call(&self, method: Method, path: &str, body: Option<Value>) -> Reply {
        send(self.request(method, path, body)).await
    }

    /// Sends a request that may receive no response. Gives up after a third of a second.
    pub(crate) async fn attempt(
        &self,
        method: Method,
        path: &str,
        body: Option<Value>,
    ) -> Result<Reply, reqwest::Error> {
        let patience = std::time::Duration::from_millis(300);
        try_send(self.request(method, path, body).timeout(patience)).await
    }

    fn request(&self, method: Method, path: &str, body: Option<Value>) -> reqwest::RequestBuilder {
        let url = if path.starts_with("http") {
            path.to_owned()
        } else {
            format!("{}{path}", self.base)
        };
        let mut request = self.http.request(method, url);
        if let Some(token) = &self.token {
            request = request.bearer_auth(token);
        }
        if let Some(body) = body {
            request = request
                .header("content-type", "application/json")
                .body(body.to_string());
        }
        request
    }

    pub(crate) async fn patch_basic(&self, url: &str, user: &str, password: &str) -> StatusCode {
        send(self.http.patch(url).basic_auth(user, Some(password)))
            .await
            .status
    }
}

async fn send(request: reqwest::RequestBuilder) -> Reply {
    try_send(request).await.unwrap()
}

async fn try_send(request: reqwest::RequestBuilder) -> Result<Reply, reqwest::Error> {
    let response = request.send().await?;
    let (status, headers) = (response.status(), response.headers().clone());
    Ok(Reply {
        status,
        headers,
        body: response.bytes().await?,
    })
}

/// A server that the mock calls. It records requests and responds according to a script.
pub(crate) struct Receiver {
    pub(crate) url: String,
    shared: Arc<Shared>,
}

struct Shared {
    received: Mutex<Vec<Received>>,
    script: Mutex<Script>,
}

type Script = Box<dyn Fn(&Received) -> (u16, String) + Send>;

#[derive(Clone)]
pub(crate) struct Received {
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) query: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Received {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map(|value| value.to_str().unwrap())
            .unwrap_or_default()
    }
}

impl Receiver {
    pub(crate) async fn start(
        script: impl Fn(&Received) -> (u16, String) + Send + 'static,
    ) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let shared = Arc::new(Shared {
            received: Mutex::default(),
            script: Mutex::new(Box::new(script)),
        });
        let router = Router::new()
            .fallback(receive)
            .with_state(Arc::clone(&shared));
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { url, shared }
    }

    pub(crate) fn answers(&self, script: impl Fn(&Received) -> (u16, String) + Send + 'static) {
        *self.shared.script.lock().unwrap() = Box::new(script);
    }

    pub(crate) fn received(&self) -> Vec<Received> {
        self.shared.received.lock().unwrap().clone()
    }

    pub(crate) fn to(&self, path: &str) -> Vec<Received> {
        self.received()
            .into_iter()
            .filter(|received| received.path == path)
            .collect()
    }
}

async fn receive(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let received = Received {
        method: parts.method,
        path: parts.uri.path().to_owned(),
        query: parts.uri.query().unwrap_or_default().to_owned(),
        headers: parts.headers,
        body: to_bytes(body, 1 << 20).await.unwrap(),
    };
    let (status, body) = (shared.script.lock().unwrap())(&received);
    shared.received.lock().unwrap().push(received);
    let mut response = Response::new(Body::from(body.clone()));
    *response.status_mut() = StatusCode::from_u16(status).unwrap();
    if (300..400).contains(&status) {
        response
            .headers_mut()
            .insert("location", body.parse().unwrap());
    }
    response
}
