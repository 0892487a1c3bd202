//! Metrics of incoming requests.

use chrono::{DateTime, Utc};
use greenhouse_core::Clock;
use http::{Method, StatusCode};
use prometheus::{Error, Histogram, HistogramVec, IntCounterVec, IntGauge};

use super::{
    registration::{Registrar, status_class},
    seconds_since,
};

#[derive(Debug)]
pub(super) struct RequestMetrics {
    answered: IntCounterVec,
    seconds: HistogramVec,
    in_flight: IntGauge,
    durable: Histogram,
}

impl RequestMetrics {
    pub(super) fn new(registrar: &Registrar<'_>) -> Result<Self, Error> {
        Ok(Self {
            answered: registrar.counters(
                "greenhouse_http_requests_total",
                "Answered requests, by endpoint, method and status class; dropped if the client disconnected first",
                &["endpoint", "method", "status"],
            )?,
            seconds: registrar.histograms(
                "greenhouse_http_request_seconds",
                "Time from the head of a request to its response",
                &["endpoint"],
                &BUCKETS,
            )?,
            in_flight: registrar.gauge(
                "greenhouse_http_requests_in_flight",
                "Requests in progress",
            )?,
            durable: registrar.histogram(
                "greenhouse_webhook_durable_seconds",
                "Time from the head of a webhook delivery to its 200 response, which is sent once \
                 the delivery is durable",
                &BUCKETS,
            )?,
        })
    }

    pub(super) fn start<'a>(
        &'a self,
        clock: &'a dyn Clock,
        endpoint: &'static str,
        method: &Method,
    ) -> RequestTimer<'a> {
        self.in_flight.inc();
        RequestTimer {
            metrics: self,
            clock,
            started_at: clock.now(),
            endpoint,
            method: method_label(method),
            status: None,
        }
    }
}

/// Timer of a request in progress.
pub(crate) struct RequestTimer<'a> {
    metrics: &'a RequestMetrics,
    clock: &'a dyn Clock,
    started_at: DateTime<Utc>,
    endpoint: &'static str,
    method: &'static str,
    status: Option<StatusCode>,
}

impl RequestTimer<'_> {
    /// Returns the method, or `other` for an uncommon one.
    pub(crate) fn method(&self) -> &'static str {
        self.method
    }

    /// Records the status, and returns the seconds since the start of the request.
    pub(crate) fn finish(mut self, status: StatusCode) -> f64 {
        self.status = Some(status);
        seconds_since(self.clock, self.started_at)
    }
}

impl Drop for RequestTimer<'_> {
    fn drop(&mut self) {
        let metrics = self.metrics;
        let seconds = seconds_since(self.clock, self.started_at);
        let status = self
            .status
            .map_or("dropped", |status| status_class(status.as_u16()));
        metrics.in_flight.dec();
        let answered = &metrics.answered;
        answered
            .with_label_values(&[self.endpoint, self.method, status])
            .inc();
        metrics
            .seconds
            .with_label_values(&[self.endpoint])
            .observe(seconds);
        if self.endpoint == "webhook" && self.status == Some(StatusCode::OK) {
            metrics.durable.observe(seconds);
        }
    }
}

/// Maps a method to a fixed set, since clients can send any method.
fn method_label(method: &Method) -> &'static str {
    match method.as_str() {
        "GET" => "GET",
        "HEAD" => "HEAD",
        "POST" => "POST",
        "PUT" => "PUT",
        "DELETE" => "DELETE",
        _ => "other",
    }
}

const BUCKETS: [f64; 12] = [
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0, 20.0,
];
