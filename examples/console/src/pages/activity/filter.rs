//! Filters of the log, from the address of the page.

use chrono::NaiveDate;
use maud::{Markup, html};
use url::form_urlencoded;

use crate::{
    api::{ApiError, Problem},
    draft::Draft,
    parts::{Choice, Field, select, text_input},
    request::ConsoleRequest,
    texts::ActivityTexts,
};

/// The filters of a page, with the problems of those that are invalid.
pub(super) struct Filter<'a> {
    request: &'a ConsoleRequest<'a>,
    draft: Draft<'a>,
    /// Parameters of `GET sync-log`. Its `until` is not included, but the day on the page is.
    api: Vec<(&'static str, String)>,
    /// Entry before which this page begins.
    before: Option<i64>,
}

impl<'a> Filter<'a> {
    /// Reads the filters. An invalid one becomes a problem of its field. Fails if `before` is not
    /// the id of an entry, because no form contains it.
    pub(super) fn read(request: &'a ConsoleRequest<'_>) -> Result<Self, ApiError> {
        let before = match request.query.filled("before") {
            Some(id) => Some(id.parse().map_err(|_| ApiError::not_found())?),
            None => None,
        };
        let (mut api, mut problems) = (Vec::new(), Vec::new());
        for name in NAMES {
            let Some(value) = request.query.filled(name) else {
                continue;
            };
            match parameter(&request.texts().activity, name, value) {
                Ok(value) => api.push((name, value)),
                Err(message) => problems.push(problem(name, message)),
            }
        }
        let of = |name| Some(&api.iter().find(|(own, _)| *own == name)?.1);
        if let (Some(from), Some(until)) = (of("from"), of("until"))
            && until <= from
        {
            problems.push(problem("until", request.texts().activity.bad_range));
        }
        Ok(Self {
            request,
            draft: Draft::refused(&request.query, problems),
            api,
            before,
        })
    }

    pub(super) fn is_valid(&self) -> bool {
        !self.draft.has_problems()
    }

    /// Returns `true` if the page filters the log.
    pub(super) fn is_set(&self) -> bool {
        !self.api.is_empty() || self.draft.has_problems()
    }

    /// Returns `true` if the page does not begin with the newest entry.
    pub(super) fn is_older(&self) -> bool {
        self.before.is_some()
    }

    /// Query of `GET sync-log` for this page.
    pub(super) fn api_query(&self, limit: usize) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(&self.api);
        query.append_pair("limit", &limit.to_string());
        if let Some(before) = self.before {
            query.append_pair("before", &before.to_string());
        }
        query.finish()
    }

    /// Address of a page with the same filters and another parameter.
    pub(super) fn link(&self, page: &str, parameter: Option<(&str, i64)>) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        for name in NAMES {
            if let Some(value) = self.request.query.filled(name) {
                query.append_pair(name, value);
            }
        }
        if let Some((name, value)) = parameter {
            query.append_pair(name, &value.to_string());
        }
        let query = query.finish();
        let mark = if query.is_empty() { "" } else { "?" };
        self.request.link(&[page, mark, &query].concat())
    }

    /// The form with the filters.
    pub(super) fn form(&self) -> Markup {
        let (request, draft) = (self.request, &self.draft);
        let texts = &request.texts().activity;
        let field = |name, label, hint| Field { name, label, hint };
        let directions = [
            Choice::new("", texts.any),
            Choice::new("to_greenhouse", texts.to_greenhouse),
            Choice::new("from_greenhouse", texts.from_greenhouse),
        ];
        let statuses = [
            Choice::new("", texts.any),
            Choice::new("done", texts.done),
            Choice::new("skipped", texts.skipped),
            Choice::new("pending", texts.waiting),
            Choice::new("failed", texts.failed),
        ];
        html! {
            form.gh-filters method="get" action=(request.link("activity")) role="search"
                aria-label=(texts.filters) {
                (select(request, draft, field("direction", texts.direction, ""), &directions, ""))
                (select(request, draft, field("status", texts.status, ""), &statuses, ""))
                (text_input(request, draft, field("assessment", texts.assessment, ""), "text", ""))
                (text_input(request, draft, field("from", texts.from, texts.days_hint), "date", ""))
                (text_input(request, draft, field("until", texts.until, ""), "date", ""))
                div.gh-actions {
                    button.gh-button type="submit" { (texts.filter) }
                    @if self.is_set() {
                        " " a href=(request.link("activity")) { (texts.clear) }
                    }
                }
            }
        }
    }
}

/// The value of a parameter of `GET sync-log`, or what is wrong with it.
fn parameter(texts: &ActivityTexts, name: &str, value: &str) -> Result<String, &'static str> {
    let is_choice = match name {
        "direction" => ["to_greenhouse", "from_greenhouse"].contains(&value),
        "status" => ["done", "skipped", "pending", "failed"].contains(&value),
        _ => true,
    };
    if !is_choice {
        return Err(texts.bad_choice);
    }
    let day = match name {
        "from" => day(value),
        "until" => day(value).and_then(|day| day.succ_opt()),
        _ => return Ok(value.to_owned()),
    };
    let day = day.map(|day| day.to_string());
    day.filter(|day| day.len() == DATE_LENGTH)
        .ok_or(texts.bad_date)
}

fn day(text: &str) -> Option<NaiveDate> {
    let day = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()?;
    (text.len() == DATE_LENGTH).then_some(day)
}

fn problem(name: &str, message: &str) -> Problem {
    Problem {
        member: name.to_owned(),
        code: "bad_query".to_owned(),
        message: message.to_owned(),
        remedy: None,
        scope: None,
    }
}

/// Length of a date such as 2026-11-30, because chrono also reads and writes other ones.
const DATE_LENGTH: usize = 10;
const NAMES: [&str; 5] = ["direction", "status", "assessment", "from", "until"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_checked() {
        let texts = &ActivityTexts::ENGLISH;
        for (name, value, expected) in [
            ("status", "failed", Ok("failed")),
            ("status", "broken", Err(texts.bad_choice)),
            ("direction", "up", Err(texts.bad_choice)),
            ("assessment", "a & b", Ok("a & b")),
            ("from", "2026-11-30", Ok("2026-11-30")),
            ("until", "2026-12-31", Ok("2027-01-01")),
            ("from", "30.11.2026", Err(texts.bad_date)),
            ("from", "2026-11-31", Err(texts.bad_date)),
            ("until", "9999-12-31", Err(texts.bad_date)),
            ("until", "+2026-1-1", Err(texts.bad_date)),
        ] {
            let found = parameter(texts, name, value);
            assert_eq!(
                found.as_deref().map_err(|text| *text),
                expected,
                "{name}={value}"
            );
        }
    }
}
