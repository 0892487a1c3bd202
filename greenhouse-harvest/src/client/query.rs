use std::{fmt, fmt::Display};

use chrono::{DateTime, SecondsFormat, Utc};

/// Time range of a filter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TimeRange {
    from: Option<DateTime<Utc>>,
    before: Option<DateTime<Utc>>,
}

impl TimeRange {
    /// Includes `time` and all later times.
    pub fn from(time: DateTime<Utc>) -> Self {
        Self {
            from: Some(time),
            before: None,
        }
    }

    /// Includes all times before `time`.
    pub fn before(time: DateTime<Utc>) -> Self {
        Self {
            from: None,
            before: Some(time),
        }
    }

    /// Includes the times from `from` (inclusive) to `before` (exclusive).
    pub fn between(from: DateTime<Utc>, before: DateTime<Utc>) -> Self {
        Self {
            from: Some(from),
            before: Some(before),
        }
    }

    /// Returns the value of the parameter: `gte|...` for one end (documented), or `gte|...|lt|...`
    /// for both ends (official description: a pipe-delimited object). Only one client is known to
    /// send both ends in brackets, as `created_at[gte]=...` and `created_at[lt]=...`.
    fn value(self) -> String {
        let end = |operator: &str, time: Option<DateTime<Utc>>| {
            time.map(|time| {
                let text = time.to_rfc3339_opts(SecondsFormat::AutoSi, true);
                format!("{operator}|{text}")
            })
        };
        let ends = [end("gte", self.from), end("lt", self.before)];
        ends.into_iter().flatten().collect::<Vec<_>>().join("|")
    }
}

/// Query parameters and page size of a list.
#[derive(Clone)]
pub(crate) struct Query {
    parameters: Vec<(&'static str, Wanted)>,
    pub(crate) page_size: u16,
}

#[derive(Clone)]
enum Wanted {
    One(String),
    Times(TimeRange),
    AnyOf(Vec<String>),
    Fields(Vec<String>),
}

impl Query {
    pub(crate) fn set(&mut self, name: &'static str, value: impl Display) {
        self.put(name, Wanted::One(value.to_string()));
    }

    pub(crate) fn set_times(&mut self, name: &'static str, times: TimeRange) {
        self.put(name, Wanted::Times(times));
    }

    /// Adds the values without duplicates, in the order of their first occurrence.
    pub(crate) fn set_list(
        &mut self,
        name: &'static str,
        values: impl IntoIterator<Item = impl Display>,
    ) {
        let mut seen = std::collections::HashSet::new();
        let texts = values.into_iter().map(|value| value.to_string());
        let texts = texts.filter(|text| seen.insert(text.clone())).collect();
        self.put(name, Wanted::AnyOf(texts));
    }

    pub(crate) fn set_fields<S: AsRef<str>>(&mut self, names: impl IntoIterator<Item = S>) {
        let mut fields = vec!["id".to_owned()];
        for name in names {
            let name = name.as_ref();
            if !fields.iter().any(|field| field == name) {
                fields.push(name.to_owned());
            }
        }
        self.put("fields", Wanted::Fields(fields));
    }

    fn put(&mut self, name: &'static str, wanted: Wanted) {
        self.parameters.retain(|(other, _)| *other != name);
        self.parameters.push((name, wanted));
    }

    /// Returns the problem if Greenhouse would refuse the query.
    pub(crate) fn problem(&self) -> Option<QueryProblem> {
        let has = |name| self.parameters.iter().any(|(other, _)| *other == name);
        if has("created_at") && has("updated_at") {
            return Some(QueryProblem::CreatedAndUpdated);
        }
        self.parameters.iter().find_map(|(_, wanted)| match wanted {
            Wanted::Fields(fields) if fields.len() > MAX_VALUES => {
                Some(QueryProblem::TooManyFields(fields.len()))
            }
            _ => None,
        })
    }

    /// Returns the queries that together return the complete list.
    pub(crate) fn batches(&self) -> Vec<Vec<(String, String)>> {
        let mut batches = vec![Vec::new()];
        for (name, wanted) in &self.parameters {
            let choices: Vec<Vec<(String, String)>> = match wanted {
                Wanted::One(value) => vec![vec![((*name).to_owned(), value.clone())]],
                Wanted::Times(times) => vec![vec![((*name).to_owned(), times.value())]],
                Wanted::Fields(fields) => vec![vec![((*name).to_owned(), fields.join(","))]],
                Wanted::AnyOf(values) => values
                    .chunks(MAX_VALUES)
                    .map(|chunk| vec![((*name).to_owned(), chunk.join(","))])
                    .collect(),
            };
            batches = batches
                .iter()
                .flat_map(|batch| choices.iter().map(|pairs| [&batch[..], pairs].concat()))
                .collect();
        }
        for batch in &mut batches {
            batch.push(("per_page".to_owned(), self.page_size.to_string()));
        }
        batches
    }

    /// Returns the texts that an error must not repeat. Lists of values contain ids, which alone do
    /// not identify a person, and texts such as email addresses.
    pub(crate) fn texts(&self) -> impl Iterator<Item = String> {
        self.parameters.iter().flat_map(|(_, wanted)| match wanted {
            Wanted::One(value) => vec![value.clone()],
            Wanted::AnyOf(values) => values
                .iter()
                .filter(|value| value.parse::<i64>().is_err())
                .cloned()
                .collect(),
            Wanted::Times(_) | Wanted::Fields(_) => Vec::new(),
        })
    }
}

impl Default for Query {
    fn default() -> Self {
        Self {
            parameters: Vec::new(),
            page_size: MAX_PAGE_SIZE,
        }
    }
}

impl fmt::Debug for Query {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = self.parameters.iter().map(|(name, _)| name);
        f.debug_list().entries(names).finish()
    }
}

/// Filter that Greenhouse would refuse (documented).
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum QueryProblem {
    #[error("expected a filter on created_at or on updated_at, got both")]
    CreatedAndUpdated,
    #[error("expected at most 50 field names, including id, got {0}")]
    TooManyFields(usize),
}

pub(crate) const MAX_PAGE_SIZE: u16 = 500;
/// Maximum number of values in one list.
const MAX_VALUES: usize = 50;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_lists_are_requested_in_batches() {
        let mut query = Query::default();
        query.set("status", "open");
        query.set_list("job_ids", (0..120).chain(0..10));
        query.set_list("candidate_ids", 0..51);
        let batches = query.batches();
        assert_eq!(batches.len(), 6);
        let sizes: Vec<_> = batches
            .iter()
            .map(|batch| {
                assert_eq!(batch[0], ("status".to_owned(), "open".to_owned()));
                assert_eq!(batch[3], ("per_page".to_owned(), "500".to_owned()));
                (batch[1].1.split(',').count(), batch[2].1.split(',').count())
            })
            .collect();
        assert_eq!(
            sizes,
            [(50, 50), (50, 1), (50, 50), (50, 1), (20, 50), (20, 1)]
        );

        query.set_list("candidate_ids", Vec::<i64>::new());
        assert!(
            query.batches().is_empty(),
            "a filter without values needs no request"
        );
    }

    #[test]
    fn times_are_encoded_as_greenhouse_expects() {
        let at = |text: &str| text.parse::<DateTime<Utc>>().unwrap();
        let (from, before) = (at("2026-01-01T00:00:00Z"), at("2026-02-01T00:00:00.250Z"));
        for (times, expected) in [
            (TimeRange::from(from), "gte|2026-01-01T00:00:00Z"),
            (TimeRange::before(before), "lt|2026-02-01T00:00:00.250Z"),
            (
                TimeRange::between(from, before),
                "gte|2026-01-01T00:00:00Z|lt|2026-02-01T00:00:00.250Z",
            ),
        ] {
            assert_eq!(times.value(), expected);
        }
    }

    #[test]
    fn invalid_queries_are_reported() {
        let range = TimeRange::from(DateTime::<Utc>::UNIX_EPOCH);
        let mut query = Query::default();
        query.set_times("created_at", range);
        assert_eq!(query.problem(), None);
        query.set_times("updated_at", range);
        assert_eq!(query.problem(), Some(QueryProblem::CreatedAndUpdated));
        let mut query = Query::default();
        query.set_fields((0..50).map(|field| format!("f{field}")));
        let problem = query.problem().unwrap();
        assert_eq!(problem, QueryProblem::TooManyFields(51));
        assert!(problem.to_string().ends_with("including id, got 51"));
    }

    #[test]
    fn errors_do_not_repeat_filter_texts() {
        let mut query = Query::default();
        query.set("name", "Mira");
        query.set_list("email", ["mira@example.org", "m@example.org"]);
        query.set_list("user_ids", [1, 2]);
        let texts: Vec<_> = query.texts().collect();
        assert_eq!(texts, ["Mira", "mira@example.org", "m@example.org"]);
    }

    #[test]
    fn debug_shows_names_only() {
        let mut query = Query::default();
        query.set("email", "mira@example.org");
        assert_eq!(format!("{query:?}"), r#"["email"]"#);
    }
}
