use std::time::Duration;

use bytes::Bytes;
use greenhouse_core::{ExchangeLimits, TransportError, TransportErrorKind, later};
use http::{HeaderMap, HeaderValue, Request, Response, StatusCode, header};
use serde::de::DeserializeOwned;
use tracing::{Instrument, Span, field};

use super::{Call, HarvestClient, decode::decode, problem, token::Token};
use crate::{AuthProblem, Error, Route};

impl HarvestClient {
    /// Sends a write and reads its answer. An answer of success that cannot be read is an unknown outcome.
    pub(crate) async fn write<T: DeserializeOwned>(&self, call: &Call) -> Result<T, Error> {
        let response = self.send(call).await?;
        decode(response.body()).map_err(|path| self.unreadable(call, &response, path))
    }

    /// Reads one record.
    pub(crate) async fn read<T: DeserializeOwned>(&self, call: &Call) -> Result<T, Error> {
        let response = self.send(call).await?;
        decode(response.body()).map_err(|path| self.unreadable(call, &response, path))
    }

    /// Sends a write whose answer of success says nothing that matters.
    pub(crate) async fn carry_out(&self, call: &Call) -> Result<(), Error> {
        self.send(call).await.map(drop)
    }

    /// An answer of success whose body cannot be read at `path`: of a write it leaves open what was done.
    pub(super) fn unreadable(
        &self,
        call: &Call,
        response: &Response<Bytes>,
        path: String,
    ) -> Error {
        let route = call.route();
        if !route.writes() {
            return Error::Decode { route, path };
        }
        Error::Ambiguous {
            route,
            status: Some(response.status().as_u16()),
            source: Some(format!("the answer could not be read at {path}").into()),
        }
    }

    /// Sends a call and answers what came back with a status of success.
    pub(super) async fn send(&self, call: &Call) -> Result<Response<Bytes>, Error> {
        let span = tracing::debug_span!(
            "harvest",
            method = %call.route().method(),
            route = call.route().template(),
            status = field::Empty,
            attempts = field::Empty,
        );
        self.attempts(call, &span).instrument(span.clone()).await
    }

    async fn attempts(&self, call: &Call, span: &Span) -> Result<Response<Bytes>, Error> {
        let route = call.route();
        let mut attempt = 0;
        let mut renewed = false;
        let mut waited = Duration::ZERO;
        loop {
            let token = self.shared.tokens.current().await?;
            self.in_time(route)?;
            attempt += 1;
            span.record("attempts", attempt);
            let request = request(call, &token)?;
            let sent_at = self.shared.clock.now();
            let sent = self
                .shared
                .transport
                .send(request, self.limits(route))
                .await;
            if let Ok(response) = &sent {
                span.record("status", response.status().as_u16());
                let server_time = &self.shared.server_time;
                server_time.observe(response.headers(), sent_at);
            }
            let wait = match decide(route, sent, attempt, renewed) {
                Verdict::Answer(response) => return Ok(response),
                Verdict::Renew => {
                    renewed = true;
                    self.shared.tokens.renew(&token).await?;
                    continue;
                }
                Verdict::Fail(failure) => {
                    let error = failure.into_error(call, token.bearer.expose());
                    return Err(self.explained(error, &token).await);
                }
                Verdict::Again { wait, failure } if waited.saturating_add(wait) > MAX_WAIT => {
                    return Err(failure.into_error(call, token.bearer.expose()));
                }
                Verdict::Again { wait, .. } => wait,
            };
            waited = waited.saturating_add(wait);
            self.shared.clock.sleep(wait).await;
        }
    }

    /// The error, saying what is missing where introspection knows why a call was forbidden.
    async fn explained(&self, error: Error, token: &Token) -> Error {
        match error {
            Error::Auth {
                route,
                problem: AuthProblem::Forbidden { .. },
            } => {
                let problem = self.shared.tokens.explain_forbidden(route, token).await;
                Error::Auth { route, problem }
            }
            error => error,
        }
    }

    /// Whether a write that is sent now has ended, one way or the other, before nobody may write any more.
    fn in_time(&self, route: Route) -> Result<(), Error> {
        let Some(end) = self.bounds.write_end else {
            return Ok(());
        };
        if route.writes() && later(self.shared.clock.now(), self.bounds.write_deadline) > end {
            return Err(Error::OutOfTime { route });
        }
        Ok(())
    }

    fn limits(&self, route: Route) -> ExchangeLimits {
        let limits = ExchangeLimits::default();
        if route.writes() {
            limits.with_deadline(self.bounds.write_deadline)
        } else {
            limits
        }
    }
}

pub(super) const READ_ATTEMPTS: u32 = 4;

pub(super) fn backoff(attempt: u32) -> Duration {
    FIRST_BACKOFF * 2_u32.saturating_pow(attempt.saturating_sub(1).min(5))
}

/// `Retry-After` in seconds (documented); another form is passed over.
pub(super) fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let seconds = headers.get(header::RETRY_AFTER)?.to_str().ok()?;
    seconds.trim().parse().ok().map(Duration::from_secs)
}

enum Verdict {
    Answer(Response<Bytes>),
    /// The token was not taken: once more with a new one.
    Renew,
    Again {
        wait: Duration,
        failure: Failure,
    },
    Fail(Failure),
}

enum Failure {
    Silent(TransportError),
    Status(Response<Bytes>),
}

/// What one attempt means. A write is never repeated where Greenhouse may have acted on it.
fn decide(
    route: Route,
    sent: Result<Response<Bytes>, TransportError>,
    attempt: u32,
    renewed: bool,
) -> Verdict {
    let retry = !route.writes() && attempt < READ_ATTEMPTS;
    match sent {
        Err(error) => {
            let useless = matches!(
                error.kind(),
                TransportErrorKind::Construction | TransportErrorKind::AnswerTooLarge
            );
            let failure = Failure::Silent(error);
            if retry && !useless {
                let wait = backoff(attempt);
                Verdict::Again { wait, failure }
            } else {
                Verdict::Fail(failure)
            }
        }
        Ok(response) => match response.status() {
            status if status.is_success() => Verdict::Answer(response),
            StatusCode::UNAUTHORIZED if !renewed => Verdict::Renew,
            StatusCode::TOO_MANY_REQUESTS if attempt < READ_ATTEMPTS => Verdict::Again {
                wait: retry_after(response.headers()).unwrap_or(RATE_WINDOW),
                failure: Failure::Status(response),
            },
            status if retry && is_unclear(status) => Verdict::Again {
                wait: retry_after(response.headers()).unwrap_or(backoff(attempt)),
                failure: Failure::Status(response),
            },
            _ => Verdict::Fail(Failure::Status(response)),
        },
    }
}

fn is_unclear(status: StatusCode) -> bool {
    status.is_server_error() || status == StatusCode::REQUEST_TIMEOUT
}

/// Whether the status says that a write was not carried out. A redirect does not say so.
fn refuses(status: StatusCode) -> bool {
    status.is_client_error() && status != StatusCode::REQUEST_TIMEOUT
}

impl Failure {
    fn into_error(self, call: &Call, bearer: &str) -> Error {
        let route = call.route();
        let response = match self {
            Self::Silent(error) if error.kind() == TransportErrorKind::Construction => {
                return Error::Construction {
                    route,
                    source: Some(error.into()),
                };
            }
            Self::Silent(error) if route.writes() && error.may_have_been_sent() => {
                return Error::Ambiguous {
                    route,
                    status: None,
                    source: Some(error.into()),
                };
            }
            Self::Silent(source) => return Error::Transport { route, source },
            Self::Status(response) => response,
        };
        let status = response.status();
        match status {
            StatusCode::UNAUTHORIZED => Error::Auth {
                route,
                problem: AuthProblem::TokenNotTaken,
            },
            StatusCode::FORBIDDEN => Error::Auth {
                route,
                problem: AuthProblem::Forbidden {
                    scope: route.scope(),
                },
            },
            StatusCode::TOO_MANY_REQUESTS => Error::RateLimited {
                route,
                retry_after: retry_after(response.headers()).unwrap_or(RATE_WINDOW),
            },
            status if route.writes() && !refuses(status) => Error::Ambiguous {
                route,
                status: Some(status.as_u16()),
                source: None,
            },
            status => {
                let mut withheld = vec![bearer.to_owned()];
                withheld.extend(call.withheld());
                let problem = problem::read(response.body(), &withheld);
                Error::Api {
                    route,
                    status: status.as_u16(),
                    message: problem.message,
                    errors: problem.errors,
                }
            }
        }
    }
}

fn request(call: &Call, token: &Token) -> Result<Request<Bytes>, Error> {
    let construction = |source: http::Error| Error::Construction {
        route: call.route(),
        source: Some(source.into()),
    };
    let mut bearer = HeaderValue::try_from(format!("Bearer {}", token.bearer.expose()))
        .map_err(|error| construction(error.into()))?;
    bearer.set_sensitive(true);
    let mut request = Request::builder()
        .method(call.route().method())
        .uri(call.url().as_str())
        .header(header::AUTHORIZATION, bearer)
        .header(header::ACCEPT, "application/json");
    if call.body().is_some() {
        request = request.header(header::CONTENT_TYPE, "application/json");
    }
    request
        .body(call.body().cloned().unwrap_or_default())
        .map_err(construction)
}

const FIRST_BACKOFF: Duration = Duration::from_millis(500);
/// The limit refills at seconds 0 and 30 of each minute (observed live).
const RATE_WINDOW: Duration = Duration::from_secs(30);
/// One call waits no longer than this, all its waits together.
const MAX_WAIT: Duration = Duration::from_secs(65);

#[cfg(test)]
mod tests {
    use url::Url;

    use super::*;

    #[test]
    fn a_write_is_repeated_only_where_nothing_was_done() {
        let (read, write) = (Route::get("/v3/r", ""), Route::post("/v3/w", ""));
        for (outcome, read_again, write_again, write_unknown) in [
            (Ok(500), true, false, true),
            (Ok(503), true, false, true),
            (Ok(408), true, false, true),
            (Ok(429), true, true, false),
            (Ok(302), false, false, true),
            (Ok(422), false, false, false),
            (Ok(404), false, false, false),
            (Ok(403), false, false, false),
            (Err(TransportErrorKind::Unreachable), true, false, false),
            (Err(TransportErrorKind::TimedOut), true, false, true),
            (Err(TransportErrorKind::Cut), true, false, true),
            (Err(TransportErrorKind::AnswerTooLarge), false, false, true),
            (Err(TransportErrorKind::Construction), false, false, false),
        ] {
            for (route, again) in [(read, read_again), (write, write_again)] {
                let sent = outcome.map_err(TransportError::new).map(|status| {
                    let mut response = Response::new(Bytes::new());
                    *response.status_mut() = StatusCode::from_u16(status).unwrap();
                    response
                });
                let verdict = decide(route, sent, 1, false);
                let (repeated, failure) = match verdict {
                    Verdict::Again { failure, .. } => (true, failure),
                    Verdict::Fail(failure) => (false, failure),
                    Verdict::Answer(_) | Verdict::Renew => panic!("{outcome:?}"),
                };
                assert_eq!(repeated, again, "{route} {outcome:?}");
                let call = Call::new(route, Url::parse("https://a/").unwrap());
                let unknown = failure.into_error(&call, "").outcome_unknown();
                assert_eq!(
                    unknown,
                    route.writes() && write_unknown,
                    "{route} {outcome:?}"
                );
            }
        }
    }
}
