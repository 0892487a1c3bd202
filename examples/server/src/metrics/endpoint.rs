//! The endpoint `GET /metrics`.

use std::{fmt, sync::Arc, time::Duration};

use bytes::Bytes;
use chrono::{DateTime, Utc};
use greenhouse_core::{
    Clock, answer,
    body::BodyBudget,
    chain, operator,
    store::{Store, TaskKind},
    within,
};
use http::{HeaderMap, HeaderValue, Method, Response, StatusCode, header};
use tokio::sync::Mutex;

use super::{Metrics, MetricsConfig, due_tasks::MAX_COUNT};
use crate::probes::reject_method;

/// Serves the metrics. The due tasks are read from the database at most once every five seconds.
pub(crate) struct MetricsEndpoint {
    metrics: Arc<Metrics>,
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    bodies: BodyBudget,
    config: MetricsConfig,
    last_read: Mutex<Option<DateTime<Utc>>>,
}

impl MetricsEndpoint {
    pub(crate) fn new(
        metrics: Arc<Metrics>,
        store: Arc<dyn Store>,
        clock: Arc<dyn Clock>,
        bodies: BodyBudget,
        config: MetricsConfig,
    ) -> Self {
        Self {
            metrics,
            store,
            clock,
            bodies,
            config,
            last_read: Mutex::default(),
        }
    }

    pub(crate) async fn answer(&self, method: &Method, headers: &HeaderMap) -> Response<Bytes> {
        let Some(token) = &self.config.token else {
            return operator::not_found();
        };
        if let Some(rejection) = reject_method(method) {
            return rejection;
        }
        if !bearer(headers).is_some_and(|given| token.matches(given.as_bytes())) {
            return unauthorized();
        }
        self.update_due_tasks().await;
        self.metrics.bodies.set(&self.bodies);
        match self.metrics.text() {
            Ok(text) => {
                let mut response = Response::new(Bytes::from(text));
                let kind = HeaderValue::from_static(prometheus::TEXT_FORMAT);
                response.headers_mut().insert(header::CONTENT_TYPE, kind);
                response
            }
            Err(error) => {
                tracing::error!(error = %chain(&error), "metrics could not be encoded");
                answer::problem(
                    StatusCode::INTERNAL_SERVER_ERROR,
                    "internal",
                    "the metrics could not be encoded; see the log",
                )
            }
        }
    }

    async fn update_due_tasks(&self) {
        if within(self.clock.as_ref(), READ_DEADLINE, self.read_due_tasks())
            .await
            .is_none()
        {
            tracing::warn!("metrics: the database did not return the due tasks within 2 seconds");
            self.metrics.due_tasks.clear();
        }
    }

    async fn read_due_tasks(&self) {
        let mut last_read = self.last_read.lock().await;
        let now = self.clock.now();
        let is_fresh =
            last_read.is_some_and(|at| (now - at).to_std().is_ok_and(|past| past < READ_INTERVAL));
        if is_fresh {
            return;
        }
        match self.store.overdue(&TaskKind::ALL, now, MAX_COUNT).await {
            Ok(overdue) => self.metrics.due_tasks.set(&overdue, now),
            Err(error) => {
                tracing::warn!(error = %chain(&error), "metrics: the due tasks could not be read");
                self.metrics.due_tasks.clear();
            }
        }
        *last_read = Some(self.clock.now());
    }
}

impl fmt::Debug for MetricsEndpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MetricsEndpoint")
            .field("config", &self.config)
            .finish_non_exhaustive()
    }
}

fn unauthorized() -> Response<Bytes> {
    let mut response = answer::problem(
        StatusCode::UNAUTHORIZED,
        "unauthenticated",
        "send the metrics token as `Authorization: Bearer TOKEN`",
    );
    let scheme = HeaderValue::from_static("Bearer");
    response
        .headers_mut()
        .insert(header::WWW_AUTHENTICATE, scheme);
    response
}

/// Returns the token of the header `Authorization: Bearer <token>`.
fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

const READ_DEADLINE: Duration = Duration::from_secs(2);
const READ_INTERVAL: Duration = Duration::from_secs(5);
