//! `GET sync-log/summary`: number of entries of each day, for the chart of the dashboard.
//!
//! Query parameter: `days`, from 1 to 90, 30 by default. Response: `{"days": [{"date", "pushes",
//! "to_greenhouse", "from_greenhouse"}], "subjects": {SUBJECT: …}, "open": {"failed", "pending",
//! "oldest"}}`. Each of the three members of a day, and each subject, is `{"done", "skipped",
//! "pending", "failed"}`. Days are in UTC, oldest first, and end today; a day without entries has
//! zeros.

use std::{collections::BTreeMap, ops::RangeInclusive};

use bytes::Bytes;
use chrono::{DateTime, Days, NaiveDate, Utc};
use http::{Response, StatusCode};
use serde::Serialize;

use super::{OperatorRequest, OperatorService, log_view, store_down};
use crate::{
    Text, answer,
    store::{Direction, LogGroup, LogStatus, LogSubject, LogSummary},
    texts::operator as texts,
};

impl OperatorService {
    pub(super) async fn summary(&self, request: &OperatorRequest) -> Response<Bytes> {
        let days = match days(request, self.clock.now()) {
            Ok(days) => days,
            Err(text) => return answer::problem_text(StatusCode::BAD_REQUEST, &text),
        };
        match self.log.log_summary(&request.account, days.clone()).await {
            Ok(summary) => answer::json(StatusCode::OK, &SummaryView::of(&summary, days)),
            Err(error) => store_down(&error),
        }
    }
}

/// Parses the query parameter `days`. The last day is the day of `now`.
fn days(request: &OperatorRequest, now: DateTime<Utc>) -> Result<RangeInclusive<NaiveDate>, Text> {
    let days = match request.query("days") {
        Some(text) => text
            .parse()
            .ok()
            .filter(|days| (1..=MAX_DAYS).contains(days))
            .ok_or_else(|| texts::bad_query("days", &texts::up_to(MAX_DAYS), text))?,
        None => DEFAULT_DAYS,
    };
    let today = now.date_naive();
    let earlier = Days::new(days as u64 - 1);
    Ok(today.checked_sub_days(earlier).unwrap_or(NaiveDate::MIN)..=today)
}

/// Number of entries of each day, by direction and status.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "openapi", schemars(rename = "SyncLogSummary"))]
pub(super) struct SummaryView {
    /// Days in UTC, oldest first, up to today. A day without entries has zeros.
    days: Vec<DayView>,
    /// Entries of these days by subject, such as `push`. A subject without entries is left out.
    subjects: BTreeMap<&'static str, StatusCounts>,
    /// Failed and pending operations of all days.
    open: OpenView,
}

/// Number of entries of one day.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
struct DayView {
    /// The day, in UTC.
    date: NaiveDate,
    /// Pushes. They are part of `to_greenhouse`.
    pushes: StatusCounts,
    /// Entries of the exchange from the product to Greenhouse.
    to_greenhouse: StatusCounts,
    /// Entries of the exchange from Greenhouse to the product.
    from_greenhouse: StatusCounts,
}

/// Number of entries with each status.
#[derive(Debug, Default, Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
struct StatusCounts {
    done: u64,
    skipped: u64,
    pending: u64,
    failed: u64,
}

/// Pushes, completion notices and tasks that are not done.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
struct OpenView {
    /// Failed operations, which can be retried.
    failed: u64,
    /// Pending operations.
    pending: u64,
    /// Time of the oldest one. `None` if there is none.
    #[cfg_attr(
        feature = "openapi",
        schemars(with = "Option<chrono::DateTime<chrono::Utc>>")
    )]
    oldest: Option<String>,
}

impl SummaryView {
    fn of(summary: &LogSummary, days: RangeInclusive<NaiveDate>) -> Self {
        let (first, last) = days.into_inner();
        let days = first.iter_days().take_while(|day| *day <= last);
        let mut days: BTreeMap<_, _> = days.map(|day| (day, DayView::empty(day))).collect();
        let mut subjects: BTreeMap<_, StatusCounts> = BTreeMap::new();
        for (group, count) in &summary.counts {
            if let Some(day) = days.get_mut(&group.day) {
                day.add(group, *count);
                let subject = subjects.entry(group.subject.as_str()).or_default();
                subject.add(group.status, *count);
            }
        }
        let open = OpenView {
            failed: summary.open.failed,
            pending: summary.open.pending,
            oldest: summary.open.oldest.map(log_view::shown),
        };
        Self {
            days: days.into_values().collect(),
            subjects,
            open,
        }
    }
}

impl DayView {
    fn empty(date: NaiveDate) -> Self {
        Self {
            date,
            pushes: StatusCounts::default(),
            to_greenhouse: StatusCounts::default(),
            from_greenhouse: StatusCounts::default(),
        }
    }

    fn add(&mut self, group: &LogGroup, count: u64) {
        match group.direction {
            Direction::ToGreenhouse => self.to_greenhouse.add(group.status, count),
            Direction::FromGreenhouse => self.from_greenhouse.add(group.status, count),
        }
        if group.subject == LogSubject::Push && group.direction == Direction::ToGreenhouse {
            self.pushes.add(group.status, count);
        }
    }
}

impl StatusCounts {
    fn add(&mut self, status: LogStatus, count: u64) {
        *match status {
            LogStatus::Done => &mut self.done,
            LogStatus::Skipped => &mut self.skipped,
            LogStatus::Pending => &mut self.pending,
            LogStatus::Failed => &mut self.failed,
        } += count;
    }
}

pub(super) const DEFAULT_DAYS: usize = 30;
pub(super) const MAX_DAYS: usize = 90;
