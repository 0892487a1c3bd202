//! Requests of Greenhouse, settings read through the API, and values read from pages.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use bytes::Bytes;
use greenhouse_core::operator;
use hmac::{Hmac, KeyInit, Mac};
use http::{Method, Request, request::Builder};
use serde_json::{Value, json};
use sha2::Sha256;

use crate::stage::{Shown, Stage};

impl Stage {
    /// Calls an operator endpoint.
    pub(crate) async fn api(&self, method: Method, path: &str, body: Value) -> Value {
        let request = Request::builder()
            .method(method)
            .uri(format!("{}{path}", operator::PREFIX))
            .body(Bytes::from(body.to_string()))
            .unwrap();
        let response = self.integration.operator(&self.account, request).await;
        serde_json::from_slice(response.body()).unwrap_or_default()
    }

    /// Stored settings, such as those of `sync`.
    pub(crate) async fn settings(&self, part: &str) -> Value {
        let path = format!("settings/{part}");
        let view = self.api(Method::GET, &path, Value::Null).await;
        view["settings"].clone()
    }

    /// Submits a form with the version of the page that contains it.
    pub(crate) async fn save(&self, page: &str, form: &str, fields: &[(&str, &str)]) -> Shown {
        let version = self.get(page).await.version();
        let mut fields = fields.to_vec();
        fields.push(("version", &version));
        self.post(form, &fields).await
    }

    /// Sets up assessments and creates a partner key. Returns the key.
    pub(crate) async fn with_key(&self) -> String {
        self.save("/assessments", "/assessments/set-up", &[]).await;
        self.post("/assessments/keys", &[]).await.secret().unwrap()
    }

    /// Greenhouse lists the tests with this key. Returns the status.
    pub(crate) async fn list_tests(&self, key: &str) -> u16 {
        let request = Request::get("/api/greenhouse/list-tests");
        self.greenhouse_calls(with_key(request, key), Value::Null)
            .await
    }

    /// Greenhouse sends a test with this key. Returns the status.
    pub(crate) async fn send_test(&self, key: &str) -> u16 {
        let body = json!({
            "partner_test_id": "case-study",
            "candidate": { "first_name": "Ada", "last_name": "Okafor", "email": "ada@example.org" },
        });
        let request = Request::post("/api/greenhouse/send-test");
        self.greenhouse_calls(with_key(request, key), body).await
    }

    /// Greenhouse delivers a webhook to this address, signed with this secret. Returns the status.
    pub(crate) async fn deliver(&self, address: &str, secret: &str, body: Value) -> u16 {
        let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
        mac.update(body.to_string().as_bytes());
        let signature = hex::encode(mac.finalize().into_bytes());
        let path = address.strip_prefix("https://assess.example.com").unwrap();
        let request = Request::post(path).header("signature", format!("sha256 {signature}"));
        self.greenhouse_calls(request, body).await
    }

    async fn greenhouse_calls(&self, request: Builder, body: Value) -> u16 {
        let body = Bytes::from(body.to_string());
        let response = self.integration.handle(request.body(body).unwrap()).await;
        response.status().as_u16()
    }
}

impl Shown {
    /// Version in the forms of the page.
    pub(crate) fn version(&self) -> String {
        between(&self.body, "name=\"version\" value=\"", "\"").unwrap_or_default()
    }

    /// The secret in the dialog of the page.
    pub(crate) fn secret(&self) -> Option<String> {
        let (_, dialog) = self
            .body
            .split_once("<dialog class=\"gh-dialog\" open data-modal")?;
        between(dialog, "data-copy=\"", "\"")
    }

    /// The markup from `start` to the next `end`.
    pub(crate) fn part(&self, start: &str, end: &str) -> String {
        part(&self.body, start, end)
    }

    /// The section with this id.
    pub(crate) fn section(&self, id: &str) -> String {
        self.part(
            &format!("<section class=\"gh-section\" id=\"{id}\""),
            "</section>",
        )
    }
}

/// The part of a page between two texts.
pub(crate) fn part(text: &str, start: &str, end: &str) -> String {
    between(text, start, end).unwrap_or_else(|| panic!("{start} is not on the page"))
}

fn between(text: &str, start: &str, end: &str) -> Option<String> {
    let (_, rest) = text.split_once(start)?;
    let (part, _) = rest.split_once(end)?;
    Some(part.to_owned())
}

fn with_key(request: Builder, key: &str) -> Builder {
    let credential = STANDARD.encode(format!("{key}:"));
    request.header("authorization", format!("Basic {credential}"))
}
