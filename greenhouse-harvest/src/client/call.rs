use std::fmt::Display;

use bytes::Bytes;
use serde::Serialize;
use serde_json::Value;
use url::Url;

use crate::{Error, HarvestClient, Route};

/// One call, before it is sent.
#[derive(Clone)]
pub(crate) struct Call {
    route: Route,
    url: Url,
    body: Option<Bytes>,
    /// Texts of the query that an answer may repeat and an error must not.
    withheld: Vec<String>,
}

impl Call {
    pub(super) fn new(route: Route, url: Url) -> Self {
        Self {
            route,
            url,
            body: None,
            withheld: Vec::new(),
        }
    }

    /// A call of a path without ids.
    pub(crate) fn of(client: &HarvestClient, route: Route) -> Self {
        Self::with_ids(client, route, &[])
    }

    /// A call of a path with one id.
    pub(crate) fn on(client: &HarvestClient, route: Route, id: impl Display) -> Self {
        Self::with_ids(client, route, &[&id])
    }

    /// A call of a path whose placeholders are these ids, in order.
    pub(crate) fn with_ids(client: &HarvestClient, route: Route, ids: &[&dyn Display]) -> Self {
        let url = client.shared.endpoints.api_url(route.template(), ids);
        Self::new(route, url)
    }

    /// Adds to the query.
    pub(super) fn with_query(mut self, pairs: impl IntoIterator<Item = (String, String)>) -> Self {
        let mut pairs = pairs.into_iter().peekable();
        if pairs.peek().is_some() {
            self.url.query_pairs_mut().extend_pairs(pairs);
        }
        self
    }

    /// Sends this as JSON.
    ///
    /// # Errors
    ///
    /// [`Error::Construction`] where it cannot be written as JSON.
    pub(crate) fn with_body(mut self, body: &impl Serialize) -> Result<Self, Error> {
        let body = serde_json::to_vec(body).map_err(|source| Error::Construction {
            route: self.route,
            source: Some(source.into()),
        })?;
        self.body = Some(body.into());
        Ok(self)
    }

    /// Keeps these texts of the query out of any error. What the body says is kept out of it anyway.
    pub(crate) fn withholding(mut self, texts: impl IntoIterator<Item = String>) -> Self {
        self.withheld.extend(texts);
        self
    }

    /// The same call, with another address.
    pub(super) fn at(&self, url: Url) -> Self {
        Self {
            url,
            ..self.clone()
        }
    }

    pub(super) fn route(&self) -> Route {
        self.route
    }

    pub(super) fn url(&self) -> &Url {
        &self.url
    }

    pub(super) fn body(&self) -> Option<&Bytes> {
        self.body.as_ref()
    }

    /// Every text that was sent, line by line. The body is read once more, and only for an error.
    pub(super) fn withheld(&self) -> impl Iterator<Item = String> {
        let body = self.body.as_deref().unwrap_or_default();
        let body = serde_json::from_slice(body).unwrap_or_default();
        self.withheld.iter().cloned().chain(texts(body))
    }
}

fn texts(body: Value) -> Vec<String> {
    let mut texts = Vec::new();
    let mut left = vec![body];
    while let Some(value) = left.pop() {
        match value {
            Value::String(text) => texts.extend(text.lines().map(str::to_owned)),
            Value::Array(items) => left.extend(items),
            Value::Object(members) => left.extend(members.into_iter().map(|(_, value)| value)),
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }
    texts
}
