//! `GET /metrics`, for whoever has the token.

use std::{fmt, sync::Arc, time::Duration};

use bytes::Bytes;
use chrono::{DateTime, Utc};
use greenhouse_core::{
    Clock, answer, chain, operator,
    store::{Store, TaskKind},
    within,
};
use http::{HeaderMap, HeaderValue, Method, Response, StatusCode, header};
use tokio::sync::Mutex;

use super::{Metrics, MetricsConfig, due::MOST};
use crate::probes::refused;

/// Shows the metrics. One answer costs a bounded read of the database, and however many ask, it is read once in five seconds.
pub(crate) struct MetricsDoor {
    metrics: Arc<Metrics>,
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    config: MetricsConfig,
    read: Mutex<Option<DateTime<Utc>>>,
}

impl MetricsDoor {
    pub(crate) fn new(
        metrics: Arc<Metrics>,
        store: Arc<dyn Store>,
        clock: Arc<dyn Clock>,
        config: MetricsConfig,
    ) -> Self {
        Self {
            metrics,
            store,
            clock,
            config,
            read: Mutex::default(),
        }
    }

    pub(crate) async fn answer(&self, method: &Method, headers: &HeaderMap) -> Response<Bytes> {
        let Some(token) = &self.config.token else {
            return operator::not_found();
        };
        if let Some(refused) = refused(method) {
            return refused;
        }
        if !bearer(headers).is_some_and(|given| token.matches(given.as_bytes())) {
            return unknown();
        }
        self.read_due_work().await;
        match self.metrics.text() {
            Ok(text) => {
                let mut response = Response::new(Bytes::from(text));
                let kind = HeaderValue::from_static(prometheus::TEXT_FORMAT);
                response.headers_mut().insert(header::CONTENT_TYPE, kind);
                response
            }
            Err(error) => {
                tracing::error!(error = %chain(&error), "the metrics cannot be shown");
                answer::problem(
                    StatusCode::INTERNAL_SERVER_ERROR,
                    "internal",
                    "the metrics cannot be shown; the log says why",
                )
            }
        }
    }

    async fn read_due_work(&self) {
        if within(self.clock.as_ref(), PATIENCE, self.read())
            .await
            .is_none()
        {
            tracing::warn!("the due work was not told in time");
            self.metrics.due.unknown();
        }
    }

    async fn read(&self) {
        let mut read = self.read.lock().await;
        let now = self.clock.now();
        let fresh = read.is_some_and(|at| (now - at).to_std().is_ok_and(|past| past < FRESH));
        if fresh {
            return;
        }
        match self.store.overdue(&TaskKind::ALL, now, MOST).await {
            Ok(overdue) => self.metrics.due.set(&overdue, now),
            Err(error) => {
                tracing::warn!(error = %chain(&error), "due tasks could not be counted");
                self.metrics.due.unknown();
            }
        }
        *read = Some(self.clock.now());
    }
}

impl fmt::Debug for MetricsDoor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MetricsDoor")
            .field("config", &self.config)
            .finish_non_exhaustive()
    }
}

fn unknown() -> Response<Bytes> {
    let mut response = answer::problem(
        StatusCode::UNAUTHORIZED,
        "unauthenticated",
        "this endpoint takes the token of the metrics: Authorization: Bearer TOKEN",
    );
    let scheme = HeaderValue::from_static("Bearer");
    response
        .headers_mut()
        .insert(header::WWW_AUTHENTICATE, scheme);
    response
}

/// The token of `Authorization: Bearer <token>`.
fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

const PATIENCE: Duration = Duration::from_secs(2);
const FRESH: Duration = Duration::from_secs(5);
