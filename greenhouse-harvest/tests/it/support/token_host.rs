//! In-process token host, with an API that accepts its tokens. Refresh tokens and codes are valid
//! once.

use std::{
    collections::{BTreeSet, VecDeque},
    sync::{Arc, Mutex},
};

use async_trait::async_trait;
use bytes::Bytes;
use chrono::{SecondsFormat, TimeDelta};
use greenhouse_core::{
    AccountId, Clock, ExchangeLimits, HttpTransport, TransportError, TransportErrorKind,
    settings::HarvestCredential, store::Store, testing::ManualClock,
};
use greenhouse_harvest::{HarvestClient, HarvestClientBuilder};
use http::{Request, Response, StatusCode, header};
use serde_json::json;
use tokio::sync::Notify;
use url::form_urlencoded;

pub(crate) const CODE: &str = "canary-code";
pub(crate) const PARTNER_SECRET: &str = "canary-partner-secret";

#[derive(Debug)]
pub(crate) struct TokenHost {
    pub(crate) clock: Arc<ManualClock>,
    state: Mutex<State>,
    /// Releases requests that [`Trouble::Held`] holds.
    pub(crate) held: Notify,
}

#[derive(Debug, Default)]
struct State {
    given: usize,
    good: BTreeSet<String>,
    bearers: BTreeSet<String>,
    troubles: VecDeque<Trouble>,
    /// Requested grants, and `api` for calls to the API.
    asked: Vec<String>,
    /// Last bearer token sent to the API.
    bearer: String,
}

/// Fault in a token request.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Trouble {
    /// Sends this status and this `Retry-After`, and issues no token.
    Status(u16, u64),
    /// Issues a token and truncates the response.
    Truncated,
    /// Closes the connection and issues no token.
    Cut,
    /// Issues a token and holds the response until released.
    Held,
}

impl TokenHost {
    pub(crate) fn new(clock: &Arc<ManualClock>) -> Arc<Self> {
        Arc::new(Self {
            clock: clock.clone(),
            state: Mutex::new(State {
                good: [CODE.to_owned()].into(),
                ..State::default()
            }),
            held: Notify::new(),
        })
    }

    pub(crate) fn partner() -> HarvestCredential {
        let secret = Some(PARTNER_SECRET.into());
        HarvestCredential::partner("canary-partner-8", secret, "https://p.example/back").unwrap()
    }

    pub(crate) fn own() -> HarvestCredential {
        HarvestCredential::new("canary-own-7", Some(PARTNER_SECRET.into())).unwrap()
    }

    pub(crate) fn builder(
        self: &Arc<Self>,
        credential: HarvestCredential,
        store: Arc<dyn Store>,
    ) -> HarvestClientBuilder {
        HarvestClient::builder(self.clone(), self.clock.clone(), credential).sharing(
            AccountId::new("acme"),
            store.clone(),
            store,
        )
    }

    pub(crate) fn troubles(&self, troubles: impl IntoIterator<Item = Trouble>) {
        self.state.lock().unwrap().troubles.extend(troubles);
    }

    /// Returns the grants requested since the last call, and `api` for each call to the API.
    pub(crate) fn asked(&self) -> Vec<String> {
        std::mem::take(&mut self.state.lock().unwrap().asked)
    }

    /// Returns the number of tokens requested since the last call.
    pub(crate) fn tokens_asked(&self) -> usize {
        self.asked().iter().filter(|asked| *asked != "api").count()
    }

    pub(crate) fn last_bearer(&self) -> String {
        self.state.lock().unwrap().bearer.clone()
    }

    /// Revokes all tokens that were issued so far.
    pub(crate) fn revoke(&self) {
        self.state.lock().unwrap().bearers.clear();
    }

    async fn give(&self, form: &[u8]) -> Result<Response<Bytes>, TransportError> {
        let member = |name: &str| {
            let mut members = form_urlencoded::parse(form);
            let found = members.find(|(member, _)| member == name);
            found.map(|(_, value)| value.into_owned())
        };
        let grant = member("grant_type").unwrap();
        let trouble = {
            let mut state = self.state.lock().unwrap();
            state.asked.push(grant.clone());
            state.troubles.pop_front()
        };
        match trouble {
            Some(Trouble::Status(status, after)) => {
                let mut answer = answer(status, "");
                answer.headers_mut().insert("retry-after", after.into());
                return Ok(answer);
            }
            Some(Trouble::Cut) => return Err(TransportError::new(TransportErrorKind::Cut)),
            _ => {}
        }
        let used = member("code").or_else(|| member("refresh_token"));
        let mut body = {
            let mut state = self.state.lock().unwrap();
            if let Some(used) = &used
                && !state.good.remove(used)
            {
                return Ok(answer(400, r#"{"error":"invalid_grant"}"#));
            }
            state.given += 1;
            let number = state.given;
            let bearer = format!("canary.token.{number}");
            state.bearers.insert(bearer.clone());
            let end = self.clock.now() + TimeDelta::hours(1);
            let end = end.to_rfc3339_opts(SecondsFormat::Secs, true);
            let mut body =
                json!({ "token_type": "Bearer", "access_token": bearer, "expires_at": end });
            if used.is_some() {
                let refresh = format!("canary-refresh-{number}");
                body["refresh_token"] = json!(refresh);
                state.good.insert(refresh);
            }
            body.to_string()
        };
        match trouble {
            Some(Trouble::Truncated) => body.truncate(body.len() / 2),
            Some(Trouble::Held) => self.held.notified().await,
            _ => {}
        }
        Ok(answer(200, &body))
    }
}

#[async_trait]
impl HttpTransport for TokenHost {
    async fn send(
        &self,
        request: Request<Bytes>,
        _: ExchangeLimits,
    ) -> Result<Response<Bytes>, TransportError> {
        tokio::task::yield_now().await;
        let answer = if request.uri().path() == "/token" {
            self.give(request.body()).await?
        } else {
            let bearer = request.headers()[header::AUTHORIZATION].to_str().unwrap();
            let bearer = bearer.trim_start_matches("Bearer ").to_owned();
            let mut state = self.state.lock().unwrap();
            state.asked.push("api".to_owned());
            state.bearer = bearer.clone();
            if state.bearers.contains(&bearer) {
                answer(200, "[]")
            } else {
                answer(401, r#"{"message":"Unauthorized"}"#)
            }
        };
        tokio::task::yield_now().await;
        Ok(answer)
    }
}

fn answer(status: u16, body: &str) -> Response<Bytes> {
    let mut answer = Response::new(Bytes::from(body.to_owned()));
    *answer.status_mut() = StatusCode::from_u16(status).unwrap();
    answer
}
