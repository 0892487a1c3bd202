use std::{io, time::Duration};

use greenhouse_core::Secret;
use reqwest::{Client, Method};
use serde_json::Value;

/// HTTP client with an operator token. Sends the requests of the recruiter and of the product.
#[derive(Debug)]
pub struct OperatorClient {
    client: Client,
    host: String,
    token: Secret,
}

/// Response of the host.
#[derive(Debug)]
pub struct Answer {
    /// Status code.
    pub status: u16,
    /// Body as JSON, or as a JSON string if the body is not JSON.
    pub body: Value,
}

impl OperatorClient {
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

    /// Returns the operator token.
    pub fn token(&self) -> &Secret {
        &self.token
    }

    /// Sends a request with the operator token.
    ///
    /// # Errors
    ///
    /// Returns an error if the method is invalid or the host did not respond.
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
