//! The sync log: filters, entries, and the way to older and to new ones.

use futures_util::future::join_all;
use http::StatusCode;
use maud::{Markup, html};

use super::{filter::Filter, words};
use crate::{
    api::{ApiError, LogEntry, LogPage},
    pages::{Answer, names::Names},
    parts::time,
    request::ConsoleRequest,
};

/// One page of the log.
pub(super) struct Log {
    page: LogPage,
}

impl Log {
    /// Reads a page. It is empty if a filter is invalid.
    pub(super) async fn read(
        request: &ConsoleRequest<'_>,
        filter: &Filter<'_>,
    ) -> Result<Self, ApiError> {
        let page = match filter.is_valid() {
            true => {
                let query = filter.api_query(ROWS);
                request.api.get(&format!("sync-log?{query}")).await?
            }
            false => LogPage {
                entries: Vec::new(),
                next: None,
            },
        };
        Ok(Self { page })
    }

    pub(super) fn is_empty(&self) -> bool {
        self.page.entries.is_empty()
    }

    pub(super) async fn section(
        &self,
        request: &ConsoleRequest<'_>,
        filter: &Filter<'_>,
    ) -> Markup {
        let texts = &request.texts().activity;
        let entries = &self.page.entries;
        let assessments = entries
            .iter()
            .filter_map(|entry| entry.assessment.as_deref());
        let names = Names::of(request, assessments).await;
        let newest = entries.first().map_or(0, |entry| entry.id);
        html! {
            section.gh-section aria-labelledby="gh-log-title" {
                h3 #gh-log-title { (texts.log_title) }
                (filter.form())
                @if filter.is_older() {
                    p { a href=(filter.link("activity", None)) { (texts.newest) } }
                } @else if filter.is_valid() {
                    div.gh-new data-poll=(filter.link("activity/new", Some(("after", newest))))
                        data-every="15" aria-live="polite" {}
                }
                @if entries.is_empty() && filter.is_valid() {
                    div.gh-empty {
                        p { (if filter.is_older() { texts.empty_older } else { texts.empty_filter }) }
                        @if filter.is_set() {
                            p { a.gh-button href=(request.link("activity")) { (texts.clear) } }
                        }
                    }
                }
                @if !entries.is_empty() { (table(request, entries, &names)) }
                @if let Some(next) = self.page.next {
                    p.gh-more {
                        a.gh-button href=(filter.link("activity", Some(("before", next)))) data-more="[data-rows]" {
                            (texts.load_more)
                        }
                    }
                }
            }
        }
    }
}

/// `GET activity/new`: a link if there are entries newer than `after`. They are announced, but not
/// shown before the user follows the link, so that the log does not move.
pub(super) async fn new_entries(request: &ConsoleRequest<'_>) -> Result<Answer, ApiError> {
    let filter = Filter::read(request)?;
    let after = request.query.get("after").and_then(|id| id.parse().ok());
    let after: i64 = after.ok_or_else(ApiError::not_found)?;
    if !filter.is_valid() || filter.is_older() {
        return Ok(Answer::Fragment(html! {}));
    }
    let query = filter.api_query(NEW_ENTRIES);
    let page: LogPage = request.api.get(&format!("sync-log?{query}")).await?;
    let new = page.entries.iter().filter(|entry| entry.id > after).count();
    let texts = &request.texts().activity;
    let text = match new == NEW_ENTRIES {
        true => texts.many_new_entries.of(new as u64),
        false => texts.new_entries.of(new as u64),
    };
    Ok(Answer::Fragment(html! {
        @if new > 0 {
            a.gh-button data-partial href=(filter.link("activity", None)) { (text) }
        }
    }))
}

/// `GET activity/rows`: the rows of the entries `ids`, separated by commas. The script asks for the
/// entries on the page that are pending.
pub(super) async fn rows(request: &ConsoleRequest<'_>) -> Result<Answer, ApiError> {
    let ids = request.query.get("ids").unwrap_or_default().split(',');
    let ids = ids.filter_map(|id| id.parse::<i64>().ok()).take(ROWS);
    let entries = join_all(ids.map(|id| async move {
        let path = format!("sync-log/{id}");
        request.api.get::<LogEntry>(&path).await
    }));
    let mut found = Vec::new();
    for entry in entries.await {
        match entry {
            Ok(entry) => found.push(entry),
            // The entry was deleted meanwhile.
            Err(error) if error.status == StatusCode::NOT_FOUND => {}
            Err(error) => return Err(error),
        }
    }
    let assessments = found.iter().filter_map(|entry| entry.assessment.as_deref());
    let names = Names::of(request, assessments).await;
    Ok(Answer::Fragment(html! {
        @for entry in &found { (row(request, entry, &names)) }
    }))
}

fn table(request: &ConsoleRequest<'_>, entries: &[LogEntry], names: &Names) -> Markup {
    let texts = &request.texts().activity;
    let columns = [
        texts.time,
        texts.direction,
        texts.subject,
        texts.status,
        texts.what,
        texts.assessment,
        texts.greenhouse,
    ];
    html! {
        table.gh-log aria-label=(texts.log_caption) {
            thead { tr { @for column in columns { th scope="col" { (column) } } } }
            tbody data-rows data-poll=(request.link("activity/rows?ids=")) data-every="5" {
                @for entry in entries { (row(request, entry, names)) }
            }
        }
    }
}

fn row(request: &ConsoleRequest<'_>, entry: &LogEntry, names: &Names) -> Markup {
    let texts = &request.texts().activity;
    html! {
        tr data-row data-entry=(entry.id) data-pending[entry.is_pending()] {
            td data-label=(texts.time) { (time(&entry.at)) }
            td data-label=(texts.direction) { (words::direction(texts, &entry.direction)) }
            td data-label=(texts.subject) { (words::subject(texts, &entry.subject)) }
            td data-label=(texts.status) data-live aria-live="polite" { (words::status(texts, &entry.status)) }
            td aria-live="polite" {
                a data-drawer data-live dir="auto" href=(request.link(&format!("activity/{}", entry.id))) {
                    (entry.text)
                }
            }
            td {
                @if let Some(assessment) = &entry.assessment { (names.markup(assessment)) }
            }
            td data-live {
                @if let Some(url) = &entry.greenhouse_url {
                    a href=(url) target="_blank" rel="noreferrer" {
                        (request.texts().common.open_in_greenhouse)
                    }
                }
            }
        }
    }
}

/// Entries on a page.
const ROWS: usize = 20;
/// Number of new entries that are counted.
const NEW_ENTRIES: usize = 50;
