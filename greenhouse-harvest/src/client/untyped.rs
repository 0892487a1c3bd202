use std::fmt::{self, Display};

use serde_json::Value;

use super::{Call, HarvestClient, List, decode::decode_or_null};
use crate::{Error, Route};

/// Call to a part of the API without a typed method. The `Debug` output shows only the route.
///
/// # Examples
///
/// ```
/// use greenhouse_harvest::{Route, UntypedCall};
/// use serde_json::json;
///
/// const CLOSE: Route = Route::patch("/v3/openings/{id}", "harvest:openings:update");
///
/// let call = UntypedCall::new(CLOSE).id(4_000_123_002_i64).body(json!({"status": "closed"}));
/// ```
#[derive(Clone)]
#[must_use]
pub struct UntypedCall {
    route: Route,
    ids: Vec<String>,
    query: Vec<(String, String)>,
    body: Option<Value>,
}

impl UntypedCall {
    /// Creates a call to this route.
    pub fn new(route: Route) -> Self {
        Self {
            route,
            ids: Vec::new(),
            query: Vec::new(),
            body: None,
        }
    }

    /// Fills the next placeholder of the path with an id.
    pub fn id(mut self, id: impl Display) -> Self {
        self.ids.push(id.to_string());
        self
    }

    /// Adds a parameter to the query.
    pub fn query(mut self, name: impl Into<String>, value: impl Display) -> Self {
        self.query.push((name.into(), value.to_string()));
        self
    }

    /// Sets the JSON body.
    pub fn body(mut self, body: Value) -> Self {
        self.body = Some(body);
        self
    }

    fn call(&self, client: &HarvestClient) -> Result<Call, Error> {
        let ids: Vec<&dyn Display> = self.ids.iter().map(|id| id as _).collect();
        let call = Call::with_ids(client, self.route, &ids)
            .withholding(self.query.iter().map(|(_, value)| value.clone()))
            .with_query(self.query.iter().cloned());
        match &self.body {
            Some(body) => call.with_body(body),
            None => Ok(call),
        }
    }
}

impl HarvestClient {
    /// Sends a call that has no typed method, with the same token, rate budget, safe retries and
    /// errors as typed calls. Returns the response's JSON, or null if the body is empty.
    ///
    /// # Errors
    ///
    /// [`Error`] if the call fails. For a write, [`Error::outcome_unknown`] returns `true` if the
    /// write may have been carried out.
    pub async fn call(&self, call: &UntypedCall) -> Result<Value, Error> {
        let call = call.call(self)?;
        let response = self.send(&call).await?;
        decode_or_null(response.body()).map_err(|path| self.unreadable(&call, &response, path))
    }

    /// Reads a list that has no typed method. The query is sent with the first page only, as the
    /// API requires.
    pub fn list(&self, call: &UntypedCall) -> List<Value> {
        let route = call.route;
        match call.call(self) {
            Ok(first) => List::of_calls(self, route, vec![first], None),
            Err(refused) => List::of_calls(self, route, Vec::new(), Some(refused)),
        }
    }
}

impl fmt::Debug for UntypedCall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UntypedCall")
            .field("route", &self.route)
            .finish_non_exhaustive()
    }
}
