use std::{sync::Arc, time::Duration};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use bytes::Bytes;
use greenhouse_core::{
    ExchangeLimits, HttpTransport, Secret, TransportErrorKind, settings::HarvestCredential,
    store::StoredToken,
};
use http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode, header};
use tracing::{Instrument, Span, field};
use url::{Url, form_urlencoded};

use super::{
    super::{ServerTime, decode::decode, identity::IdentityForm},
    answer,
    failure::{Again, Failed, Failure},
    grant::Grant,
    refusal::{RequestKind, refusal},
};
use crate::{HarvestEvent, HarvestObserver, Identity, Route};

/// Client of the token host, `auth.greenhouse.io`. Each method sends one request and does not
/// retry.
pub(super) struct TokenHost {
    pub(super) transport: Arc<dyn HttpTransport>,
    pub(super) server: Arc<ServerTime>,
    pub(super) token_url: Url,
    pub(super) introspect_url: Url,
    pub(super) credential: HarvestCredential,
    pub(super) observer: Option<Arc<dyn HarvestObserver>>,
}

impl TokenHost {
    /// Requests a token. The token's times are on Greenhouse's clock.
    pub(super) async fn ask(
        &self,
        grant: &Grant,
        deadline: Duration,
    ) -> Result<StoredToken, Failed> {
        let span =
            tracing::debug_span!("harvest_token", grant = grant.name(), status = field::Empty);
        let given = async {
            let form = grant.form();
            let asked = self.post(TOKEN, &self.token_url, form, deadline, grant.into());
            let response = asked.await?;
            let now = self.server.now();
            let unreadable = |place| Failed::later(Failure::Unreadable(place));
            answer::read(response.body(), now).map_err(unreadable)
        }
        .instrument(span)
        .await;
        if let Some(observer) = &self.observer {
            let given = given.is_ok();
            observer.observe(&HarvestEvent::Token { given });
        }
        given
    }

    /// Requests a token's identity.
    pub(super) async fn introspect(
        &self,
        bearer: &Secret,
        deadline: Duration,
    ) -> Result<Identity, Failed> {
        let form = form_urlencoded::Serializer::new(String::new())
            .append_pair("token", bearer.expose())
            .append_pair("token_type_hint", "access_token")
            .finish();
        let span = tracing::debug_span!("harvest_introspection", status = field::Empty);
        let url = &self.introspect_url;
        let response = self
            .post(INTROSPECT, url, form, deadline, RequestKind::Introspection)
            .instrument(span)
            .await?;
        decode::<IdentityForm>(response.body())
            .map(Identity::from)
            .map_err(|place| Failed::from(Failure::Unreadable(place)))
    }

    async fn post(
        &self,
        route: Route,
        url: &Url,
        form: String,
        deadline: Duration,
        asked: RequestKind,
    ) -> Result<Response<Bytes>, Failed> {
        let request = self.request(url, form).map_err(|error| {
            let why = format!("{route}: {error}");
            Failure::Construction(why.into())
        })?;
        let mut limits = ExchangeLimits::default().with_deadline(deadline);
        limits.max_body = MAX_BODY;
        let sent_at = self.server.clock().now();
        let response = match self.transport.send(request, limits).await {
            Ok(response) => response,
            Err(error) => {
                let useless = matches!(
                    error.kind(),
                    TransportErrorKind::Construction | TransportErrorKind::AnswerTooLarge
                );
                let again = if useless { Again::Never } else { Again::Later };
                let failure = Failure::Transport(Arc::new(error));
                return Err(Failed { failure, again });
            }
        };
        let status = response.status();
        Span::current().record("status", status.as_u16());
        // The token host's `X-RateLimit-Reset` belongs to one-minute windows and does not reveal
        // the time.
        if response.headers().contains_key(header::DATE) {
            self.server.observe(response.headers(), sent_at);
        }
        if status.is_success() {
            return Ok(response);
        }
        Err(match status {
            StatusCode::TOO_MANY_REQUESTS => {
                let wait = retry_after(response.headers()).unwrap_or(WINDOW);
                Failed {
                    failure: Failure::RateLimited(wait),
                    again: Again::After(wait),
                }
            }
            StatusCode::REQUEST_TIMEOUT => Failed::later(Failure::Status(status.as_u16())),
            status if status.is_server_error() => Failed::later(Failure::Status(status.as_u16())),
            status => refusal(asked, status, response.body()).into(),
        })
    }

    fn request(&self, url: &Url, form: String) -> Result<Request<Bytes>, http::Error> {
        let pair = format!(
            "{}:{}",
            self.credential.client_id(),
            self.credential.client_secret().expose()
        );
        let mut basic = HeaderValue::try_from(format!("Basic {}", STANDARD.encode(pair)))?;
        basic.set_sensitive(true);
        Request::builder()
            .method(Method::POST)
            .uri(url.as_str())
            .header(header::AUTHORIZATION, basic)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(header::ACCEPT, "application/json")
            .body(form.into())
    }
}

/// Returns the `Retry-After` in seconds (documented). An HTTP date is ignored.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let seconds = headers.get(header::RETRY_AFTER)?.to_str().ok()?;
    seconds.trim().parse().ok().map(Duration::from_secs)
}

pub(super) const TOKEN: Route = Route::post("/token", "");
pub(super) const INTROSPECT: Route = Route::post("/introspect", "");
/// Window of the token host's own rate limit: 60 requests in each full minute (observed live).
const WINDOW: Duration = Duration::from_secs(60);
const MAX_BODY: usize = 64 * 1024;
