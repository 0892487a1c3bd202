//! What is asked of the host.

use chrono::{DateTime, Utc};
use greenhouse_core::Clock;
use http::{Method, StatusCode};
use prometheus::{Error, Histogram, HistogramVec, IntCounterVec, IntGauge};

use super::{
    make::{Make, class},
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
    pub(super) fn new(make: &Make<'_>) -> Result<Self, Error> {
        Ok(Self {
            answered: make.counters(
                "greenhouse_http_requests_total",
                "Requests, by endpoint, method and class of status; dropped where the client was gone before the answer",
                &["endpoint", "method", "status"],
            )?,
            seconds: make.histograms(
                "greenhouse_http_request_seconds",
                "From the head of a request to its answer",
                &["endpoint"],
                &SECONDS,
            )?,
            in_flight: make.gauge(
                "greenhouse_http_requests_in_flight",
                "Requests that are being answered",
            )?,
            durable: make.histogram(
                "greenhouse_webhook_durable_seconds",
                "From the head of a webhook delivery to the 200 that says that it is durable",
                &SECONDS,
            )?,
        })
    }

    pub(super) fn asked<'a>(
        &'a self,
        clock: &'a dyn Clock,
        endpoint: &'static str,
        method: &Method,
    ) -> Asked<'a> {
        self.in_flight.inc();
        Asked {
            metrics: self,
            clock,
            since: clock.now(),
            endpoint,
            method: word(method),
            status: None,
        }
    }
}

/// A request that is being answered.
pub(crate) struct Asked<'a> {
    metrics: &'a RequestMetrics,
    clock: &'a dyn Clock,
    since: DateTime<Utc>,
    endpoint: &'static str,
    method: &'static str,
    status: Option<StatusCode>,
}

impl Asked<'_> {
    /// The method, or a word for any that is uncommon.
    pub(crate) fn method(&self) -> &'static str {
        self.method
    }

    /// It is answered. How many seconds that took.
    pub(crate) fn answered(mut self, status: StatusCode) -> f64 {
        self.status = Some(status);
        seconds_since(self.clock, self.since)
    }
}

impl Drop for Asked<'_> {
    fn drop(&mut self) {
        let metrics = self.metrics;
        let seconds = seconds_since(self.clock, self.since);
        let status = self
            .status
            .map_or("dropped", |status| class(status.as_u16()));
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

/// A client can send any word for a method.
fn word(method: &Method) -> &'static str {
    match method.as_str() {
        "GET" => "GET",
        "HEAD" => "HEAD",
        "POST" => "POST",
        "PUT" => "PUT",
        "DELETE" => "DELETE",
        _ => "other",
    }
}

const SECONDS: [f64; 12] = [
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0, 20.0,
];
