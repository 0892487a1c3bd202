use std::{fmt, time::Duration};

use bytes::Bytes;
use http::Method;
use percent_encoding::percent_decode_str;
use serde::de::DeserializeOwned;

use crate::{AccountId, Text, parse_error, texts::operator as texts};

/// Parsed operator request. The path has no prefix and is percent-decoded.
#[derive(Clone)]
#[non_exhaustive]
pub struct OperatorRequest {
    /// Account for which the request is made.
    pub account: AccountId,
    /// HTTP method.
    pub method: Method,
    /// Raw body.
    pub body: Bytes,
    segments: Vec<String>,
    query: Vec<(String, String)>,
}

impl OperatorRequest {
    /// Parses a request. Returns `None` if the path is not under `prefix` or not UTF-8.
    pub(super) fn new(
        account: AccountId,
        request: http::Request<Bytes>,
        prefix: &str,
    ) -> Option<Self> {
        let (parts, body) = request.into_parts();
        let segments = parts
            .uri
            .path()
            .strip_prefix(prefix)?
            .split('/')
            .map(|segment| {
                percent_decode_str(segment)
                    .decode_utf8()
                    .ok()
                    .map(|text| text.into_owned())
            })
            .collect::<Option<_>>()?;
        let query = parts.uri.query().unwrap_or_default();
        let query = url::form_urlencoded::parse(query.as_bytes())
            .into_owned()
            .collect();
        Some(Self {
            account,
            method: parts.method,
            body,
            segments,
            query,
        })
    }

    /// Segments of the path after `/api/integrations/greenhouse/`.
    pub fn path(&self) -> Vec<&str> {
        self.segments.iter().map(String::as_str).collect()
    }

    /// First query parameter with this name, decoded.
    pub fn query(&self, name: &str) -> Option<&str> {
        self.query
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    }

    /// Age up to which the caller accepts a result that was read before: the query parameter
    /// `max_age` in seconds. Zero without the parameter.
    ///
    /// # Errors
    ///
    /// A text for the caller if the value is not a number from 0 to 3600.
    pub fn max_age(&self) -> Result<Duration, Text> {
        let Some(text) = self.query("max_age") else {
            return Ok(Duration::ZERO);
        };
        let seconds = text.parse().ok().filter(|seconds| *seconds <= MOST_AGE);
        let bad_age = || texts::bad_query("max_age", texts::AGE, text);
        seconds.map(Duration::from_secs).ok_or_else(bad_age)
    }

    /// Name of the first query parameter that is not in `known`, decoded.
    pub fn unknown_query(&self, known: &[&str]) -> Option<&str> {
        let mut names = self.query.iter().map(|(name, _)| name.as_str());
        names.find(|name| !known.contains(name))
    }

    /// Parses the body as JSON.
    ///
    /// # Errors
    ///
    /// A message for the caller: the path of the invalid member, if known, and the reason.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, String> {
        parse_error::from_json(&self.body)
    }
}

/// Maximum value of `max_age` in seconds.
const MOST_AGE: u64 = 3600;

impl fmt::Debug for OperatorRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OperatorRequest")
            .field("account", &self.account)
            .field("method", &self.method)
            .field("segments", &self.segments)
            .finish_non_exhaustive()
    }
}
