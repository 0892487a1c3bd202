//! What is asked of Harvest, as its clients tell.

use std::time::Duration;

use greenhouse_harvest::{HarvestEvent, HarvestObserver};
use prometheus::{Error, Histogram, HistogramVec, IntCounterVec, IntGauge};

use super::make::{Make, class};

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
    pub(super) fn new(make: &Make<'_>) -> Result<Self, Error> {
        Ok(Self {
            calls: make.counters(
                "greenhouse_harvest_calls_total",
                "Calls to Harvest, by call and class of the last status; none where there was no answer",
                &["call", "status"],
            )?,
            seconds: make.histograms(
                "greenhouse_harvest_call_seconds",
                "How long calls to Harvest took, waits included",
                &["call"],
                &SECONDS,
            )?,
            waited: make.histogram(
                "greenhouse_harvest_wait_seconds",
                "How long calls to Harvest waited for their turn and between attempts",
                &SECONDS,
            )?,
            limit: make.gauge(
                "greenhouse_harvest_rate_limit",
                "How many requests a window allows, as the last answer told, whichever account it was for",
            )?,
            left: make.gauge(
                "greenhouse_harvest_rate_left",
                "How many of them were left, as the same answer told",
            )?,
            left_ratio: make.histogram(
                "greenhouse_harvest_rate_left_ratio",
                "The share of the rate limit that each answer left",
                &RATIOS,
            )?,
            tokens: make.counters(
                "greenhouse_harvest_tokens_total",
                "Tokens that the token host was asked for: given or refused",
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
                let status = status.map_or("none", class);
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
