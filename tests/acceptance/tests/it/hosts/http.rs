//! Unauthenticated requests, and the data that a recruiter sees.

use greenhouse_core::Secret;
use hmac::{Hmac, KeyInit, Mac};
use reqwest::{Client, Method, RequestBuilder};
use serde_json::Value;
use server::demo::Demo;
use sha2::Sha256;

pub(crate) fn request(stage: &Demo, method: Method, path: &str) -> RequestBuilder {
    Client::builder()
        .no_proxy()
        .build()
        .unwrap()
        .request(method, format!("{}{path}", stage.host_url))
}

pub(crate) async fn answer(request: RequestBuilder) -> (u16, Value) {
    let response = request.send().await.unwrap();
    let status = response.status().as_u16();
    let text = response.text().await.unwrap();
    (
        status,
        serde_json::from_str(&text).unwrap_or(Value::String(text)),
    )
}

/// Returns the signature header that Greenhouse would send with this body.
pub(crate) fn signature(secret: &Secret, body: &[u8]) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.expose().as_bytes()).unwrap();
    mac.update(body);
    let digest = mac.finalize().into_bytes();
    format!(
        "sha256 {}",
        digest
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect::<String>()
    )
}

/// Returns all data that a recruiter sees. If the data is unchanged, nothing was written.
pub(crate) async fn seen(stage: &Demo) -> (Value, Value, server::demo::Counts) {
    let log = stage
        .client
        .ask("GET", "/api/integrations/greenhouse/sync-log", None)
        .await
        .unwrap();
    let assessments = stage
        .client
        .ask("GET", "/product/assessments", None)
        .await
        .unwrap();
    (log.body, assessments.body, stage.counts())
}
