//! Shared endpoints in the OpenAPI document.

use chrono::{DateTime, Utc};
use http::{Method, StatusCode};
use serde_json::Value;

use super::{
    LogEntryView, OperatorService, PREFIX,
    health_checks::Health,
    log_view::{DEFAULT_LIMIT, MAX_LIMIT, PageView},
    preview::{Preview, PreviewForm},
    retry_failed::{PARAMETERS, RetriedPage},
    summary::{DEFAULT_DAYS, MAX_DAYS, SummaryView},
};
use crate::{
    AssessmentId,
    answer::NewState,
    openapi::{Document, OpenObject, Operation},
    store::{Direction, LogId, LogStatus},
};

impl OperatorService {
    /// Generates the OpenAPI document of all endpoints.
    pub(crate) fn openapi(&self) -> Value {
        let mut document = Document::new(PREFIX);
        document.add(shared());
        for part in &self.parts {
            document.add(part.operations());
        }
        document.build()
    }
}

fn shared() -> Vec<Operation> {
    let (get, post, ok) = (Method::GET, Method::POST, StatusCode::OK);
    vec![
        Operation::new(get.clone(), "openapi.json", "Returns this document.")
            .response::<OpenObject>(ok, "The OpenAPI document."),
        Operation::new(
            get.clone(),
            "health",
            "Runs every check. A problem has a remedy.",
        )
        .query::<u64>(
            "max_age",
            "Maximum age in seconds of checks that ran before. Default: 0.",
        )
        .response::<Health>(ok, "The checks.")
        .error(StatusCode::BAD_REQUEST),
        log_filter(
            get.clone(),
            "sync-log",
            "Lists entries of the sync log, newest first.",
        )
        .response::<PageView<'_>>(ok, "A page of entries."),
        Operation::new(
            get.clone(),
            "sync-log/{id}",
            "Returns an entry of the sync log.",
        )
        .path_parameter::<LogId>("id")
        .response::<LogEntryView<'_>>(ok, "The entry.")
        .error(StatusCode::NOT_FOUND),
        Operation::new(
            get,
            "sync-log/summary",
            "Counts the entries of each day and the open operations.",
        )
        .query_up_to(
            "days",
            "Number of days, up to today.",
            MAX_DAYS,
            DEFAULT_DAYS,
        )
        .response::<SummaryView>(ok, "The numbers.")
        .error(StatusCode::BAD_REQUEST),
        Operation::new(
            post.clone(),
            "sync-log/{id}/retry",
            "Retries a failed entry: a push, a completion notice or a parked task.",
        )
        .path_parameter::<LogId>("id")
        .response::<NewState>(StatusCode::ACCEPTED, "The operation is queued.")
        .error(StatusCode::NOT_FOUND)
        .error(StatusCode::CONFLICT),
        log_filter(
            post.clone(),
            "sync-log/retry-failed",
            "Queues every failed push, completion notice and task again.",
        )
        .only_query(&PARAMETERS)
        .response::<RetriedPage>(ok, "The result. Repeat the call while `next` is not null."),
        Operation::new(
            post,
            "preview",
            "Shows the score ranges and ratings of thresholds.",
        )
        .body::<PreviewForm>()
        .response::<Preview>(ok, "The ranges."),
    ]
}

/// Creates an operation with the parameters of the sync log.
fn log_filter(method: Method, path: &'static str, summary: &'static str) -> Operation {
    Operation::new(method, path, summary)
        .query_up_to(
            "limit",
            "Maximum number of entries.",
            MAX_LIMIT,
            DEFAULT_LIMIT,
        )
        .query::<LogId>("before", "Only entries with a lower id.")
        .query::<Direction>("direction", "Only entries of this direction.")
        .query::<LogStatus>("status", "Only entries with this status.")
        .query::<AssessmentId>("assessment", "Only entries of this assessment.")
        .query::<TimeOrDate>("from", "Only entries from this time on.")
        .query::<TimeOrDate>(
            "until",
            "Only entries before this time, which is after `from`.",
        )
        .error(StatusCode::BAD_REQUEST)
}

/// RFC 3339 time, or a date (midnight UTC).
#[derive(schemars::JsonSchema)]
#[schemars(untagged)]
#[expect(dead_code, reason = "only its schema is used")]
enum TimeOrDate {
    Time(DateTime<Utc>),
    Date(chrono::NaiveDate),
}
