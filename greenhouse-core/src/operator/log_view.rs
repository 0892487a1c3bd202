use chrono::{DateTime, SecondsFormat, Utc};
use serde::Serialize;

use super::OperatorRequest;
use crate::{
    ApplicationId, AssessmentId, CandidateId, InvitationId,
    store::{Direction, LogFilter, LogId, LogPage, LogStatus, LogSubject, LoggedEntry},
};

/// One entry of the sync log, as an operator sees it.
#[derive(Debug, Serialize)]
#[non_exhaustive]
pub struct LogEntryView<'a> {
    /// Names the entry.
    pub id: LogId,
    /// When it happened, ISO 8601 in UTC.
    pub at: String,
    /// Which way it went.
    pub direction: Direction,
    /// What it is about.
    pub subject: LogSubject,
    /// How it stands.
    pub status: LogStatus,
    /// In plain words.
    pub text: &'a str,
    /// The assessment it concerns.
    pub assessment: Option<&'a AssessmentId>,
    /// The invitation it concerns.
    pub invitation: Option<&'a InvitationId>,
    /// The application it concerns.
    pub application: Option<ApplicationId>,
    /// The candidates that a person can choose among: one of them goes into the body of the retry as `candidate_id`.
    #[serde(skip_serializing_if = "<[CandidateId]>::is_empty")]
    pub candidates: &'a [CandidateId],
    /// Whether a person can have it done again.
    pub retry: bool,
    /// Whether a person can push the assessment now, although the trigger did not.
    pub push: bool,
}

impl<'a> LogEntryView<'a> {
    /// The view of a stored entry.
    pub fn of(logged: &'a LoggedEntry) -> Self {
        let LoggedEntry { id, entry } = logged;
        Self {
            id: *id,
            at: shown(entry.at),
            direction: entry.direction,
            subject: entry.subject,
            status: entry.status,
            text: &entry.text,
            assessment: entry.assessment.as_ref(),
            invitation: entry.invitation.as_ref(),
            application: entry.application,
            candidates: &entry.candidates,
            retry: entry.offers_retry(),
            push: entry.subject == LogSubject::Push && entry.status == LogStatus::Skipped,
        }
    }
}

#[derive(Serialize)]
pub(super) struct PageView<'a> {
    entries: Vec<LogEntryView<'a>>,
    next: Option<LogId>,
}

pub(super) fn page(page: &LogPage) -> PageView<'_> {
    PageView {
        entries: page.entries.iter().map(LogEntryView::of).collect(),
        next: page.next,
    }
}

/// Reads `before`, `limit`, `direction`, `status` and `assessment`.
pub(super) fn filter(request: &OperatorRequest) -> Result<LogFilter, String> {
    let mut filter = LogFilter::newest(DEFAULT_LIMIT);
    if let Some(text) = request.query("limit") {
        filter.limit = text
            .parse()
            .ok()
            .filter(|limit| (1..=MAX_LIMIT).contains(limit))
            .ok_or_else(|| format!("limit: a whole number from 1 to {MAX_LIMIT} is expected"))?;
    }
    if let Some(text) = request.query("before") {
        let id = text
            .parse()
            .map_err(|_| "before: the id of an entry is expected".to_owned())?;
        filter.before = Some(LogId::new(id));
    }
    if let Some(word) = request.query("direction") {
        let direction = Direction::from_word(word);
        filter.direction =
            Some(direction.ok_or("direction: from_greenhouse or to_greenhouse is expected")?);
    }
    if let Some(word) = request.query("status") {
        let status = LogStatus::from_word(word);
        filter.status = Some(status.ok_or("status: pending, done, skipped or failed is expected")?);
    }
    filter.assessment = request.query("assessment").map(AssessmentId::new);
    Ok(filter)
}

fn shown(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Millis, true)
}

const DEFAULT_LIMIT: usize = 50;
const MAX_LIMIT: usize = 500;
