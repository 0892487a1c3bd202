//! Several organizations behind the single address that a host calls.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};

use async_trait::async_trait;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use bytes::Bytes;
use greenhouse_core::{ExchangeLimits, HttpTransport, TransportError};
use http::{Request, Response, header};
use mock_greenhouse::MockGreenhouse;
use serde_json::Value;

use crate::simulated::World;

/// Sends each request to the organization of its credential or token.
#[derive(Debug)]
pub(super) struct Organizations {
    world: Arc<World>,
    /// URLs of the organizations, by `Authorization` header.
    urls: Mutex<BTreeMap<String, String>>,
}

impl Organizations {
    pub(super) fn new(organizations: &[&MockGreenhouse], world: &Arc<World>) -> Arc<Self> {
        let urls = organizations.iter().map(|greenhouse| {
            let known = greenhouse.credential();
            let pair = STANDARD.encode(format!("{}:{}", known.client_id, known.client_secret));
            let url = greenhouse.url().trim_end_matches('/').to_owned();
            (format!("Basic {pair}"), url)
        });
        Arc::new(Self {
            world: world.clone(),
            urls: Mutex::new(urls.collect()),
        })
    }
}

#[async_trait]
impl HttpTransport for Organizations {
    async fn send(
        &self,
        mut request: Request<Bytes>,
        limits: ExchangeLimits,
    ) -> Result<Response<Bytes>, TransportError> {
        let authorization = request.headers()[header::AUTHORIZATION].to_str().unwrap();
        let url = self.urls.lock().unwrap()[authorization].clone();
        let path = request.uri().path_and_query().unwrap();
        *request.uri_mut() = format!("{url}{path}").parse().unwrap();
        let response = self.world.send(request, limits).await?;
        let body: Value = serde_json::from_slice(response.body()).unwrap_or_default();
        if let Some(token) = body["access_token"].as_str() {
            let mut urls = self.urls.lock().unwrap();
            urls.insert(format!("Bearer {token}"), url);
        }
        Ok(response)
    }
}
