use std::time::Duration;

use bytes::Bytes;
use chrono::{DateTime, Utc};
use greenhouse_core::{
    ExchangeLimits, TransportError, TransportErrorKind, later, store::RATE_WINDOW,
};
use http::{HeaderValue, Request, Response, StatusCode, header};
use serde::de::DeserializeOwned;
use tracing::{Instrument, Span, field};

use super::{
    Call, HarvestClient,
    budget::{NoPlace, Place, Rate},
    decode::decode,
    problem,
    retry::{Attempt, AttemptOutcome, Verdict, decide, jitter, retry_after},
    token::Token,
};
use crate::{AuthProblem, Error, HarvestEvent, Route};

impl HarvestClient {
    /// Sends a write and parses the response. If a successful response cannot be parsed, the
    /// outcome is unknown.
    pub(crate) async fn write<T: DeserializeOwned>(&self, call: &Call) -> Result<T, Error> {
        let response = self.send(call).await?;
        decode(response.body()).map_err(|path| self.unreadable(call, &response, path))
    }

    /// Reads one record.
    pub(crate) async fn read<T: DeserializeOwned>(&self, call: &Call) -> Result<T, Error> {
        let response = self.send(call).await?;
        decode(response.body()).map_err(|path| self.unreadable(call, &response, path))
    }

    /// Sends a write and ignores the body of a successful response.
    pub(crate) async fn carry_out(&self, call: &Call) -> Result<(), Error> {
        self.send(call).await.map(drop)
    }

    /// Returns the error for a successful response whose body cannot be parsed at `path`. For a
    /// write, the outcome stays unknown.
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
            source: Some(format!("could not parse the response at {path}").into()),
        }
    }

    /// Sends a call and returns the response if its status is a success.
    pub(super) async fn send(&self, call: &Call) -> Result<Response<Bytes>, Error> {
        let mut report = Report::new(self, call.route());
        let span = report.span.clone();
        self.attempts(call, &mut report).instrument(span).await
    }

    async fn attempts(
        &self,
        call: &Call,
        report: &mut Report<'_>,
    ) -> Result<Response<Bytes>, Error> {
        let (shared, route) = (&*self.shared, call.route());
        let mut renewed = false;
        loop {
            let mut token = shared.tokens.current().await?;
            let (mut place, waited) = self.enter(route, report).await?;
            if !waited.is_zero() {
                token = shared.tokens.current().await?;
            }
            self.check_write_end(route)?;
            let request = request(call, &token)?;
            let limits = self.limits(route);
            report.attempts = report.attempts.saturating_add(1);
            place.sending(limits.deadline);
            if let Some(count) = &self.count {
                count.add();
            }
            let sent_at = shared.clock.now();
            let sent = shared.transport.send(request, limits).await;
            report.status = None;
            if let Ok(response) = &sent {
                report.status = Some(response.status().as_u16());
                shared.server_time.observe(response.headers(), sent_at);
            }
            if let Some(Rate { limit, left }) = place.settle(&sent).await {
                self.emit(&HarvestEvent::Budget { limit, left });
            }
            let attempt = Attempt {
                writes: route.writes(),
                number: report.attempts,
                renewed,
            };
            let outcome = outcome(&sent);
            match decide(&shared.retries, attempt, outcome, jitter()) {
                Verdict::Renew => {
                    renewed = true;
                    shared.tokens.renew(&token).await?;
                }
                Verdict::Again(wait) if self.patience_left(report) >= wait => {
                    report.waited = report.waited.saturating_add(wait);
                    if !wait.is_zero() {
                        shared.clock.sleep(wait).await;
                    }
                }
                Verdict::Again(_) | Verdict::End => {
                    return match sent {
                        Ok(response) if response.status().is_success() => Ok(response),
                        Ok(response) => {
                            let error = refusal_error(response, call, token.bearer.expose());
                            Err(self.explain_forbidden(error, &token).await)
                        }
                        Err(error) => Err(exchange_error(error, route)),
                    };
                }
            }
        }
    }

    /// Waits for a place in the budget. Returns the place and the time waited.
    async fn enter(
        &self,
        route: Route,
        report: &mut Report<'_>,
    ) -> Result<(Place<'_>, Duration), Error> {
        let clock = &self.shared.clock;
        let entered_at = clock.now();
        let entered = self.shared.budget.enter(self.patience_left(report)).await;
        let waited = clock.now().signed_duration_since(entered_at);
        let waited = waited.to_std().unwrap_or_default();
        report.waited = report.waited.saturating_add(waited);
        match entered {
            Ok(place) => Ok((place, waited)),
            Err(NoPlace::Limited { retry_after }) => Err(Error::RateLimited { route, retry_after }),
            Err(NoPlace::Store(source)) => Err(Error::Store { route, source }),
        }
    }

    fn patience_left(&self, report: &Report<'_>) -> Duration {
        self.bounds.patience.saturating_sub(report.waited)
    }

    fn emit(&self, event: &HarvestEvent) {
        if let Some(observer) = &self.shared.observer {
            observer.observe(event);
        }
    }

    /// Adds the missing permission to a 403 error if introspection reveals it.
    async fn explain_forbidden(&self, error: Error, token: &Token) -> Error {
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

    /// Fails if a write that is sent now could still be running after the end of the period for
    /// writes.
    fn check_write_end(&self, route: Route) -> Result<(), Error> {
        let Some(end) = self.bounds.write_end else {
            return Ok(());
        };
        if route.writes() && later(self.shared.clock.now(), self.bounds.write_deadline) > end {
            return Err(Error::OutOfTime { route });
        }
        Ok(())
    }

    fn limits(&self, route: Route) -> ExchangeLimits {
        let mut limits = ExchangeLimits::default();
        if route.writes() {
            limits.deadline = self.bounds.write_deadline;
        } else {
            limits.max_body = MAX_PAGE;
        }
        limits
    }
}

/// Report about a call, emitted when the call ends or is dropped.
struct Report<'a> {
    client: &'a HarvestClient,
    route: Route,
    span: Span,
    begun_at: DateTime<Utc>,
    status: Option<u16>,
    attempts: u32,
    waited: Duration,
}

impl<'a> Report<'a> {
    fn new(client: &'a HarvestClient, route: Route) -> Self {
        let span = tracing::debug_span!(
            "harvest",
            method = %route.method(),
            route = route.template(),
            status = field::Empty,
            attempts = field::Empty,
            waited_ms = field::Empty,
        );
        Self {
            client,
            route,
            span,
            begun_at: client.shared.clock.now(),
            status: None,
            attempts: 0,
            waited: Duration::ZERO,
        }
    }
}

impl Drop for Report<'_> {
    fn drop(&mut self) {
        if let Some(status) = self.status {
            self.span.record("status", status);
        }
        self.span.record("attempts", self.attempts);
        let waited_ms = u64::try_from(self.waited.as_millis()).unwrap_or(u64::MAX);
        self.span.record("waited_ms", waited_ms);
        let took = self.client.shared.clock.now() - self.begun_at;
        self.client.emit(&HarvestEvent::Call {
            route: self.route,
            status: self.status,
            attempts: self.attempts,
            waited: self.waited,
            took: took.to_std().unwrap_or_default(),
        });
    }
}

fn outcome(sent: &Result<Response<Bytes>, TransportError>) -> AttemptOutcome {
    match sent {
        Ok(response) => AttemptOutcome::Answered {
            status: response.status(),
            retry_after: retry_after(response.headers()),
        },
        Err(error) => AttemptOutcome::Silent(error.kind()),
    }
}

/// Returns `true` if the status proves that a write was not carried out. A redirect proves nothing.
fn refuses(status: StatusCode) -> bool {
    status.is_client_error() && status != StatusCode::REQUEST_TIMEOUT
}

fn exchange_error(error: TransportError, route: Route) -> Error {
    match error.kind() {
        TransportErrorKind::Construction => Error::Construction {
            route,
            source: Some(error.into()),
        },
        _ if route.writes() && error.may_have_been_sent() => Error::Ambiguous {
            route,
            status: None,
            source: Some(error.into()),
        },
        _ => Error::Transport {
            route,
            source: error,
        },
    }
}

fn refusal_error(response: Response<Bytes>, call: &Call, bearer: &str) -> Error {
    let route = call.route();
    let status = response.status();
    match status {
        StatusCode::UNAUTHORIZED => Error::Auth {
            route,
            problem: AuthProblem::TokenRejected,
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

/// Maximum size of a page in bytes: 500 rows of 64 KiB. If a page is larger, the caller can request
/// smaller pages.
const MAX_PAGE: usize = 32 * 1024 * 1024;

#[cfg(test)]
mod tests {
    use url::Url;

    use super::*;

    #[test]
    fn only_a_write_that_may_have_been_carried_out_is_unknown() {
        let (read, write) = (Route::get("/v3/r", ""), Route::post("/v3/w", ""));
        for (outcome, unknown) in [
            (Ok(500), true),
            (Ok(503), true),
            (Ok(408), true),
            (Ok(302), true),
            (Ok(429), false),
            (Ok(422), false),
            (Ok(404), false),
            (Ok(403), false),
            (Ok(401), false),
            (Err(TransportErrorKind::Unreachable), false),
            (Err(TransportErrorKind::Construction), false),
            (Err(TransportErrorKind::TimedOut), true),
            (Err(TransportErrorKind::Cut), true),
            (Err(TransportErrorKind::AnswerTooLarge), true),
        ] {
            for route in [read, write] {
                let error = match outcome {
                    Err(kind) => exchange_error(TransportError::new(kind), route),
                    Ok(status) => {
                        let mut response = Response::new(Bytes::new());
                        *response.status_mut() = StatusCode::from_u16(status).unwrap();
                        let call = Call::new(route, Url::parse("https://a/").unwrap());
                        refusal_error(response, &call, "")
                    }
                };
                let expected = unknown && route.writes();
                assert_eq!(error.outcome_unknown(), expected, "{route} {outcome:?}");
            }
        }
    }
}
