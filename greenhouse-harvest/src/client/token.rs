use std::{sync::Arc, time::Duration};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use bytes::Bytes;
use chrono::{DateTime, TimeDelta, Utc};
use greenhouse_core::{
    Clock, ExchangeLimits, HttpTransport, Secret, UserId, later, settings::HarvestCredential,
};
use http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode, header};
use serde::Deserialize;
use tokio::sync::Mutex;
use url::{Url, form_urlencoded};

use super::{
    Identity,
    decode::decode,
    exchange::{READ_ATTEMPTS, backoff, retry_after},
    identity::IdentityForm,
};
use crate::{AuthProblem, Error, HarvestEndpoints, Route};

/// The token of one credential and acting user: kept in memory, refreshed early, by one for all who wait.
pub(super) struct Tokens {
    transport: Arc<dyn HttpTransport>,
    clock: Arc<dyn Clock>,
    token_url: Url,
    introspect_url: Url,
    credential: HarvestCredential,
    acting_user: Option<UserId>,
    held: Mutex<Held>,
}

#[derive(Default)]
struct Held {
    token: Option<Token>,
    generation: u64,
    sees: bool,
    /// Before this time a token that is good still is not refreshed again.
    refresh_again_at: Option<DateTime<Utc>>,
}

impl Held {
    /// The token, while it is good.
    fn good(&self, now: DateTime<Utc>) -> Option<&Token> {
        self.token.as_ref().filter(|token| now < token.expires_at)
    }
}

#[derive(Clone)]
pub(super) struct Token {
    pub(super) bearer: Secret,
    generation: u64,
    refresh_at: DateTime<Utc>,
    expires_at: DateTime<Utc>,
}

impl Tokens {
    pub(super) fn new(
        transport: Arc<dyn HttpTransport>,
        clock: Arc<dyn Clock>,
        endpoints: &HarvestEndpoints,
        credential: HarvestCredential,
        acting_user: Option<UserId>,
    ) -> Self {
        Self {
            transport,
            clock,
            token_url: endpoints.auth_url("/token"),
            introspect_url: endpoints.auth_url("/introspect"),
            credential,
            acting_user,
            held: Mutex::default(),
        }
    }

    /// A token that is good for a while. Whoever comes while it is being refreshed waits for that refresh.
    pub(super) async fn current(&self) -> Result<Token, Error> {
        let mut held = self.held.lock().await;
        let now = self.clock.now();
        let wait = held.refresh_again_at.is_some_and(|at| now < at);
        if let Some(token) = held.good(now)
            && (wait || now < token.refresh_at)
        {
            return Ok(token.clone());
        }
        let generation = held.generation.saturating_add(1);
        // Whoever has a good token waits for no second attempt, and nor do those behind.
        let attempts = match held.good(now) {
            Some(_) => 1,
            None => READ_ATTEMPTS,
        };
        match self.fetch(generation, attempts).await {
            Ok(token) => {
                *held = Held {
                    token: Some(token.clone()),
                    generation,
                    sees: false,
                    refresh_again_at: None,
                };
                Ok(token)
            }
            // The refresh is early, so that a token host that is down for a moment stops nobody.
            Err(error) => {
                let now = self.clock.now();
                let token = held.good(now).cloned().ok_or(error)?;
                held.refresh_again_at = Some(later(now, REFRESH_PAUSE));
                Ok(token)
            }
        }
    }

    /// Drops a token that was not taken, unless another has come in its place.
    pub(super) async fn forget(&self, token: &Token) {
        let mut held = self.held.lock().await;
        if held.generation == token.generation {
            held.token = None;
        }
    }

    pub(super) async fn sees(&self) -> Result<bool, Error> {
        let token = self.current().await?;
        {
            let held = self.held.lock().await;
            if held.sees && held.generation == token.generation {
                return Ok(true);
            }
        }
        let sees = self.introspect_token(&token).await?.sees();
        let mut held = self.held.lock().await;
        if held.generation == token.generation {
            held.sees = sees;
        }
        Ok(sees)
    }

    pub(super) async fn introspect(&self) -> Result<Identity, Error> {
        let token = self.current().await?;
        self.introspect_token(&token).await
    }

    async fn introspect_token(&self, token: &Token) -> Result<Identity, Error> {
        let form = form_urlencoded::Serializer::new(String::new())
            .append_pair("token", token.bearer.expose())
            .append_pair("token_type_hint", "access_token")
            .finish();
        let response = self
            .post(INTROSPECT, &self.introspect_url, form, READ_ATTEMPTS)
            .await?;
        decode::<IdentityForm>(response.body())
            .map(Identity::from)
            .map_err(|path| Error::Decode {
                route: INTROSPECT,
                path,
            })
    }

    async fn fetch(&self, generation: u64, attempts: u32) -> Result<Token, Error> {
        let response = self
            .post(TOKEN, &self.token_url, self.form(), attempts)
            .await?;
        let answer: TokenForm =
            decode(response.body()).map_err(|path| Error::Decode { route: TOKEN, path })?;
        let now = self.clock.now();
        let lifetime = answer.lifetime(response.headers(), now);
        // Half of a very short life is used: refreshing at once would ask for a token before each call.
        let early = REFRESH_EARLY.min(lifetime / 2);
        Ok(Token {
            bearer: answer.access_token,
            generation,
            refresh_at: later(now, lifetime.saturating_sub(early)),
            expires_at: later(now, lifetime),
        })
    }

    fn form(&self) -> String {
        let mut form = form_urlencoded::Serializer::new(String::new());
        form.append_pair("grant_type", "client_credentials");
        if let Some(user) = self.acting_user {
            form.append_pair("sub", &user.to_string());
        }
        form.finish()
    }

    /// Asks the token host. Asking again changes nothing there: several tokens live side by side (observed live).
    async fn post(
        &self,
        route: Route,
        url: &Url,
        form: String,
        attempts: u32,
    ) -> Result<Response<Bytes>, Error> {
        let form = Bytes::from(form);
        let mut attempt = 0;
        loop {
            attempt += 1;
            let last = attempt >= attempts;
            let request = self.request(route, url, form.clone())?;
            let wait = match self
                .transport
                .send(request, ExchangeLimits::default())
                .await
            {
                Ok(response) if response.status().is_success() => return Ok(response),
                Ok(response) => match response.status() {
                    StatusCode::TOO_MANY_REQUESTS => {
                        let wait = retry_after(response.headers()).unwrap_or(backoff(attempt));
                        if last || wait > MAX_WAIT {
                            return Err(Error::RateLimited {
                                route,
                                retry_after: wait,
                            });
                        }
                        wait
                    }
                    status if status.is_server_error() && !last => backoff(attempt),
                    _ => return Err(refused(route, &response)),
                },
                Err(_) if !last => backoff(attempt),
                Err(source) => return Err(Error::Transport { route, source }),
            };
            self.clock.sleep(wait).await;
        }
    }

    fn request(&self, route: Route, url: &Url, form: Bytes) -> Result<Request<Bytes>, Error> {
        let construction = |source: http::Error| Error::Construction {
            route,
            source: Some(source.into()),
        };
        let pair = format!(
            "{}:{}",
            self.credential.client_id(),
            self.credential.client_secret().expose()
        );
        let mut basic = HeaderValue::try_from(format!("Basic {}", STANDARD.encode(pair)))
            .map_err(|error| construction(error.into()))?;
        basic.set_sensitive(true);
        Request::builder()
            .method(Method::POST)
            .uri(url.as_str())
            .header(header::AUTHORIZATION, basic)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(header::ACCEPT, "application/json")
            .body(form)
            .map_err(construction)
    }
}

/// The answer of `POST /token` (observed live; `expires_in` documented only).
#[derive(Deserialize)]
struct TokenForm {
    access_token: Secret,
    #[serde(default)]
    expires_at: Option<DateTime<Utc>>,
    #[serde(default)]
    expires_in: Option<u64>,
}

impl TokenForm {
    /// How long the token lives, by the server's own clock where it tells it: ours may go wrong.
    fn lifetime(&self, headers: &HeaderMap, now: DateTime<Utc>) -> Duration {
        let server_now = headers
            .get(header::DATE)
            .and_then(|date| DateTime::parse_from_rfc2822(date.to_str().ok()?).ok())
            .map_or(now, |date| date.with_timezone(&Utc));
        let left = self
            .expires_at
            .map(|end| end.signed_duration_since(server_now))
            .map(|left| left.max(TimeDelta::zero()).to_std().unwrap_or_default());
        left.or(self.expires_in.map(Duration::from_secs))
            .unwrap_or(UNKNOWN_LIFETIME)
            .clamp(SHORTEST_LIFETIME, LONGEST_LIFETIME)
    }
}

/// A refusal of the token host. Its texts repeat the client id, so none of them is kept.
fn refused(route: Route, response: &Response<Bytes>) -> Error {
    let status = response.status();
    if status.is_server_error() {
        return Error::Api {
            route,
            status: status.as_u16(),
            message: None,
            errors: Vec::new(),
        };
    }
    let text = String::from_utf8_lossy(response.body());
    let problem = if status == StatusCode::UNAUTHORIZED {
        AuthProblem::Credential
    } else if text.contains("valid client ID suffix") {
        AuthProblem::ClientId
    } else {
        AuthProblem::TokenRefused {
            status: status.as_u16(),
        }
    };
    Error::Auth { route, problem }
}

const TOKEN: Route = Route::post("/token", "");
const INTROSPECT: Route = Route::post("/introspect", "");
const REFRESH_EARLY: Duration = Duration::from_secs(120);
const REFRESH_PAUSE: Duration = Duration::from_secs(30);
const UNKNOWN_LIFETIME: Duration = Duration::from_secs(300);
const SHORTEST_LIFETIME: Duration = Duration::from_secs(30);
const LONGEST_LIFETIME: Duration = Duration::from_secs(24 * 3600);
const MAX_WAIT: Duration = Duration::from_secs(60);
