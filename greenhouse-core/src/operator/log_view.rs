use chrono::{DateTime, NaiveDate, NaiveTime, SecondsFormat, Utc};
use serde::Serialize;

use super::OperatorRequest;
use crate::{
    ApplicationId, AssessmentId, CandidateId, InvitationId, Text, profile_url,
    store::{Direction, LogFilter, LogId, LogPage, LogStatus, LogSubject, LoggedEntry},
    texts::operator as texts,
};

/// Sync log entry as shown to operators.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "openapi", schemars(rename = "SyncLogEntry"))]
#[non_exhaustive]
pub struct LogEntryView<'a> {
    /// Id of the entry.
    pub id: LogId,
    /// Time of the entry, ISO 8601 in UTC with milliseconds.
    #[cfg_attr(feature = "openapi", schemars(with = "chrono::DateTime<chrono::Utc>"))]
    pub at: String,
    /// Direction of the exchange.
    pub direction: Direction,
    /// Subject of the entry.
    pub subject: LogSubject,
    /// State of the operation.
    pub status: LogStatus,
    /// Stable code of the text.
    pub code: &'a str,
    /// Text for recruiters and admins.
    pub text: &'a str,
    /// Assessment that the entry concerns.
    pub assessment: Option<&'a AssessmentId>,
    /// Invitation that the entry concerns.
    pub invitation: Option<&'a InvitationId>,
    /// Application that the entry concerns.
    pub application: Option<ApplicationId>,
    /// Candidate that the entry concerns.
    pub candidate: Option<CandidateId>,
    /// URL of the candidate's profile in Greenhouse, if the candidate is known.
    pub greenhouse_url: Option<String>,
    /// Candidates to choose from. Send the chosen one as `candidate_id` in the body of the retry.
    #[serde(skip_serializing_if = "<[CandidateId]>::is_empty")]
    pub candidates: &'a [CandidateId],
    /// `true` if the operator can retry the operation.
    pub retry: bool,
    /// `true` if the operator can push the assessment although the trigger skipped it.
    pub push: bool,
}

impl<'a> LogEntryView<'a> {
    /// Creates the view of a stored entry.
    pub fn of(logged: &'a LoggedEntry) -> Self {
        let LoggedEntry { id, entry } = logged;
        Self {
            id: *id,
            at: shown(entry.at),
            direction: entry.direction,
            subject: entry.subject,
            status: entry.status,
            code: &entry.code,
            text: &entry.text,
            assessment: entry.assessment.as_ref(),
            invitation: entry.invitation.as_ref(),
            application: entry.application,
            candidate: entry.candidate,
            greenhouse_url: entry
                .candidate
                .map(|candidate| profile_url(candidate, entry.application)),
            candidates: &entry.candidates,
            retry: entry.offers_retry(),
            push: entry.subject == LogSubject::Push && entry.status == LogStatus::Skipped,
        }
    }
}

/// Page of the sync log.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "openapi", schemars(rename = "SyncLogPage"))]
pub(super) struct PageView<'a> {
    /// Entries, newest first.
    entries: Vec<LogEntryView<'a>>,
    /// Value of `before` for the next page. `None` on the last page.
    next: Option<LogId>,
}

pub(super) fn page(page: &LogPage) -> PageView<'_> {
    PageView {
        entries: page.entries.iter().map(LogEntryView::of).collect(),
        next: page.next,
    }
}

/// Parses the query parameters `before`, `limit`, `direction`, `status`, `assessment`, `from` and
/// `until`.
pub(super) fn filter(request: &OperatorRequest) -> Result<LogFilter, Text> {
    let mut filter = LogFilter::newest(DEFAULT_LIMIT);
    if let Some(text) = request.query("limit") {
        filter.limit = text
            .parse()
            .ok()
            .filter(|limit| (1..=MAX_LIMIT).contains(limit))
            .ok_or_else(|| texts::bad_query("limit", &texts::up_to(MAX_LIMIT), text))?;
    }
    if let Some(text) = request.query("before") {
        let id = text
            .parse()
            .map_err(|_| texts::bad_query("before", texts::ENTRY_ID, text))?;
        filter.before = Some(LogId::new(id));
    }
    if let Some(word) = request.query("direction") {
        let direction = Direction::from_word(word);
        let direction =
            direction.ok_or_else(|| texts::bad_query("direction", texts::DIRECTION, word))?;
        filter.direction = Some(direction);
    }
    if let Some(word) = request.query("status") {
        let status = LogStatus::from_word(word);
        let status = status.ok_or_else(|| texts::bad_query("status", texts::STATUS, word))?;
        filter.status = Some(status);
    }
    filter.assessment = request.query("assessment").map(AssessmentId::new);
    filter.from = time(request, "from")?;
    filter.until = time(request, "until")?;
    if let (Some(from), Some(until)) = (filter.from, filter.until)
        && until <= from
    {
        let got = request.query("until").unwrap_or_default();
        return Err(texts::bad_query("until", texts::AFTER_FROM, got));
    }
    Ok(filter)
}

/// Parses a time, or a date as the start of that day in UTC.
fn time(request: &OperatorRequest, name: &str) -> Result<Option<DateTime<Utc>>, Text> {
    let Some(text) = request.query(name) else {
        return Ok(None);
    };
    let at = match NaiveDate::parse_from_str(text, "%Y-%m-%d") {
        Ok(day) if text.len() == DATE_LENGTH => Some(day.and_time(NaiveTime::MIN).and_utc()),
        _ => DateTime::parse_from_rfc3339(text)
            .ok()
            .map(|at| at.to_utc()),
    };
    at.map(Some)
        .ok_or_else(|| texts::bad_query(name, texts::TIME, text))
}

pub(super) fn shown(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Millis, true)
}

pub(super) const DEFAULT_LIMIT: usize = 50;
pub(super) const MAX_LIMIT: usize = 500;
/// Length of a date such as 2026-11-30, because chrono also reads shorter and longer ones.
const DATE_LENGTH: usize = 10;
