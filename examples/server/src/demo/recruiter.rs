use std::{io, time::Duration};

use greenhouse_core::Secret;
use reqwest::{Client, Method};
use serde_json::Value;

/// Somebody with a browser and an operator token: a recruiter, or the product's own application.
#[derive(Debug)]
pub struct Recruiter {
    client: Client,
    host: String,
    token: Secret,
}

/// What the host answered.
#[derive(Debug)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The body: JSON, or its text as a JSON string.
    pub body: Value,
}

impl Recruiter {
    pub(super) fn new(host: &str, token: Secret) -> Result<Self, reqwest::Error> {
        let client = Client::builder()
            .no_proxy()
            .timeout(Duration::from_secs(15))
            .build()?;
        Ok(Self {
            client,
            host: host.trim_end_matches('/').to_owned(),
            token,
        })
    }

    /// The operator token.
    pub fn token(&self) -> &Secret {
        &self.token
    }

    /// Asks the host, with the operator token.
    ///
    /// # Errors
    ///
    /// Where no answer came.
    pub async fn ask(
        &self,
        method: &str,
        path: &str,
        body: Option<&Value>,
    ) -> Result<Answer, io::Error> {
        let method = Method::from_bytes(method.as_bytes()).map_err(io::Error::other)?;
        let mut request = self
            .client
            .request(method, format!("{}{path}", self.host))
            .bearer_auth(self.token.expose());
        if let Some(body) = body {
            request = request.json(body);
        }
        let response = request.send().await.map_err(io::Error::other)?;
        let status = response.status().as_u16();
        let bytes = response.bytes().await.map_err(io::Error::other)?;
        let body = serde_json::from_slice(&bytes)
            .unwrap_or_else(|_| Value::String(String::from_utf8_lossy(&bytes).into_owned()));
        Ok(Answer { status, body })
    }
}
