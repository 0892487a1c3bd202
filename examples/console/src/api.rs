//! The operator endpoints, called in this process.

mod choices;
mod error;
mod log;
mod views;

use bytes::Bytes;
use greenhouse_core::{AccountId, integration::Integration, operator};
use http::{Method, Request, StatusCode};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::{Serialize, de::DeserializeOwned};

pub(crate) use self::{
    choices::*,
    error::{ApiError, Problem, sentence},
    log::*,
    views::*,
};

/// The operator endpoints of one account.
pub(crate) struct Api<'a> {
    greenhouse: &'a Integration,
    account: &'a AccountId,
}

impl<'a> Api<'a> {
    pub(crate) fn new(greenhouse: &'a Integration, account: &'a AccountId) -> Self {
        Self {
            greenhouse,
            account,
        }
    }

    /// Calls `GET` on an endpoint, such as `sync-log?limit=10`.
    pub(crate) async fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T, ApiError> {
        self.call(Method::GET, path, Bytes::new()).await
    }

    /// Calls `POST` with a JSON body.
    pub(crate) async fn post<T: DeserializeOwned>(
        &self,
        path: &str,
        body: &impl Serialize,
    ) -> Result<T, ApiError> {
        self.call(Method::POST, path, json(body)?).await
    }

    /// Calls `POST` without a body.
    pub(crate) async fn run<T: DeserializeOwned>(&self, path: &str) -> Result<T, ApiError> {
        self.call(Method::POST, path, Bytes::new()).await
    }

    /// Calls `PUT` with a JSON body.
    pub(crate) async fn put<T: DeserializeOwned>(
        &self,
        path: &str,
        body: &impl Serialize,
    ) -> Result<T, ApiError> {
        self.call(Method::PUT, path, json(body)?).await
    }

    /// Calls `DELETE`.
    pub(crate) async fn delete<T: DeserializeOwned>(&self, path: &str) -> Result<T, ApiError> {
        self.call(Method::DELETE, path, Bytes::new()).await
    }

    async fn call<T: DeserializeOwned>(
        &self,
        method: Method,
        path: &str,
        body: Bytes,
    ) -> Result<T, ApiError> {
        let uri = format!("{}{path}", operator::PREFIX);
        let request = Request::builder().method(method).uri(uri).body(body);
        let request = request.map_err(|error| ApiError::internal(&error))?;
        let response = self.greenhouse.operator(self.account, request).await;
        let (status, body) = (response.status(), response.body());
        if !status.is_success() {
            return Err(ApiError::of(status, body));
        }
        let body: &[u8] = match status {
            StatusCode::NO_CONTENT => b"null",
            _ => body,
        };
        serde_json::from_slice(body).map_err(|error| ApiError::internal(&error))
    }
}

/// Encodes an id as a segment of a path.
pub(crate) fn encoded(id: &str) -> impl std::fmt::Display + '_ {
    utf8_percent_encode(id, ENCODED)
}

fn json(body: &impl Serialize) -> Result<Bytes, ApiError> {
    let bytes = serde_json::to_vec(body).map_err(|error| ApiError::internal(&error))?;
    Ok(bytes.into())
}

/// Characters that are encoded in a segment of a path. A segment of dots would be a relative path.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'~');
