//! Metrics of calls to Harvest.

use std::time::Duration;

use greenhouse_harvest::{HarvestEvent, HarvestObserver};
use prometheus::{Error, Histogram, HistogramVec, IntCounterVec, IntGauge};

use super::registration::{Registrar, status_class};

#[derive(Debug)]
pub(super) struct HarvestMetrics {
    calls: IntCounterVec,
    seconds: HistogramVec,
    waited: Histogram,
    limit: IntGauge,
    left: IntGauge,
    left_ratio: Histogram,
    tokens: IntCounterVec,
}

impl HarvestMetrics {
    pub(super) fn new(registrar: &Registrar<'_>) -> Result<Self, Error> {
        Ok(Self {
            calls: registrar.counters(
                "greenhouse_harvest_calls_total",
                "Calls to Harvest, by call and status class of the last response; none if there \
                 was no response",
                &["call", "status"],
            )?,
            seconds: registrar.histograms(
                "greenhouse_harvest_call_seconds",
                "Duration of calls to Harvest, including waits",
                &["call"],
                &SECONDS,
            )?,
            waited: registrar.histogram(
                "greenhouse_harvest_wait_seconds",
                "Time that calls to Harvest waited for the rate limit and between attempts",
                &SECONDS,
            )?,
            limit: registrar.gauge(
                "greenhouse_harvest_rate_limit",
                "Requests allowed per rate-limit window, from the last response for any account",
            )?,
            left: registrar.gauge(
                "greenhouse_harvest_rate_left",
                "Requests left in the rate-limit window, from the last response for any account",
            )?,
            left_ratio: registrar.histogram(
                "greenhouse_harvest_rate_left_ratio",
                "Share of the rate limit that was left at each response",
                &RATIOS,
            )?,
            tokens: registrar.counters(
                "greenhouse_harvest_tokens_total",
                "Requests for access tokens, by outcome: given or refused",
                &["outcome"],
            )?,
        })
    }
}

impl HarvestObserver for HarvestMetrics {
    fn observe(&self, event: &HarvestEvent) {
        match event {
            HarvestEvent::Call {
                route,
                status,
                waited,
                took,
                ..
            } => {
                let call = format!("{} {}", route.method(), route.template());
                let status = status.map_or("none", status_class);
                self.calls.with_label_values(&[&call, status]).inc();
                let seconds = self.seconds.with_label_values(&[&call]);
                seconds.observe(took.as_secs_f64());
                self.waited.observe(Duration::as_secs_f64(waited));
            }
            HarvestEvent::Token { given, .. } => {
                let outcome = if *given { "given" } else { "refused" };
                self.tokens.with_label_values(&[outcome]).inc();
            }
            HarvestEvent::Budget { limit, left, .. } => {
                self.limit.set(i64::from(*limit));
                self.left.set(i64::from(*left));
                if *limit > 0 {
                    self.left_ratio
                        .observe(f64::from(*left) / f64::from(*limit));
                }
            }
            _ => {}
        }
    }
}

const SECONDS: [f64; 10] = [0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0];
const RATIOS: [f64; 7] = [0.0, 0.05, 0.1, 0.25, 0.5, 0.75, 1.0];
