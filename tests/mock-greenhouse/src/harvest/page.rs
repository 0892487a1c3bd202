use std::collections::BTreeMap;
use std::ops::Bound;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::{HeaderValue, StatusCode};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use url::form_urlencoded;

use crate::harvest::ListRequest;
use crate::harvest::query::{self, Filter, Kind};
use crate::rows::Row;
use crate::switches::{LastPageLink, Switches};
use crate::wire::{Answer, Distortion};
use crate::world::hex;

/// Responds to a list call with a bare array, highest id first, and a `link` header that is empty
/// on the last page (observed live).
///
/// `known` lists the resource's own filters, and `keep` applies one of these to one row. This
/// function applies the common filters.
pub(super) fn list<R: Row>(
    request: &ListRequest<'_>,
    table: &BTreeMap<i64, R>,
    known: &[(&'static str, Kind)],
    keep: impl Fn(&R, &Filter) -> bool,
) -> Result<Answer, Answer> {
    list_with(request, table, known, &[], keep)
}

/// Like [`list`], with default values for filters that are not in the query.
pub(super) fn list_with<R: Row>(
    request: &ListRequest<'_>,
    table: &BTreeMap<i64, R>,
    known: &[(&'static str, Kind)],
    defaults: &[(&str, &str)],
    keep: impl Fn(&R, &Filter) -> bool,
) -> Result<Answer, Answer> {
    let query = ListQuery::read(request, known, defaults)?;
    let before = query
        .cursor
        .as_ref()
        .map_or(Bound::Unbounded, |cursor| Bound::Excluded(cursor.id));
    let selects = |row: &R| {
        query.filters.iter().all(|filter| match filter.name {
            "ids" => filter.id(Some(row.id())),
            "created_at" => filter.time(Some(row.created_at())),
            "updated_at" => filter.time(Some(row.updated_at())),
            _ => keep(row, filter),
        })
    };
    let other = request.call.distortion == Some(Distortion::OtherRow) && !query.filters.is_empty();
    let mut rows = table
        .range((Bound::Unbounded, before))
        .rev()
        .map(|(_, row)| row)
        .filter(|_| request.sees_rows)
        .filter(|row| selects(row) != other);
    let per_page = if other { 1 } else { query.per_page };
    let mut page: Vec<&R> = rows.by_ref().take(per_page).collect();
    let more = !other && rows.next().is_some();
    let link = page
        .last()
        .filter(|_| more)
        .map(|last| query.next_link(request, last.id()));
    let link = match (link, request.switches.last_page_link) {
        (None, LastPageLink::Empty) => Some(String::new()),
        (link, _) => link,
    };
    if request.call.distortion == Some(Distortion::RepeatedRow) {
        page.extend(page.first().copied());
    }
    answer(body(&page, query.fields.as_deref()), link.as_deref())
}

/// Creates the response of an empty list.
pub(super) fn empty(switches: &Switches) -> Answer {
    let link = (switches.last_page_link == LastPageLink::Empty).then_some("");
    answer(Some("[]\n".to_owned()), link).unwrap_or_else(|refusal| refusal)
}

struct ListQuery {
    filters: Vec<Filter>,
    fields: Option<Vec<String>>,
    per_page: usize,
    /// The query of the first page, which every cursor contains.
    query: String,
    cursor: Option<Cursor>,
}

/// The contents of a cursor (observed live). Opaque to clients.
#[derive(Serialize, Deserialize)]
struct Cursor {
    query: String,
    per_page: usize,
    id: i64,
    page: u64,
    original_request_id: String,
}

impl ListQuery {
    fn read(
        request: &ListRequest<'_>,
        known: &[(&'static str, Kind)],
        defaults: &[(&str, &str)],
    ) -> Result<Self, Answer> {
        let sent = pairs(&request.call.query);
        let Some((_, cursor)) = sent.iter().find(|(name, _)| name == "cursor") else {
            return Self::read_filters(sent, request.call.query.clone(), known, defaults);
        };
        if sent.len() > 1 {
            return Err(Answer::refused(
                "When passing a cursor, do not include other query params.",
            ));
        }
        let cursor: Option<Cursor> = STANDARD
            .decode(cursor)
            .ok()
            .and_then(|json| serde_json::from_slice(&json).ok());
        let cursor = cursor.ok_or_else(|| Answer::refused("Invalid cursor"))?;
        let query =
            Self::read_filters(pairs(&cursor.query), cursor.query.clone(), known, defaults)?;
        Ok(Self {
            per_page: cursor.per_page.clamp(1, 500),
            cursor: Some(cursor),
            ..query
        })
    }

    fn read_filters(
        mut sent: Vec<(String, String)>,
        query: String,
        known: &[(&'static str, Kind)],
        defaults: &[(&str, &str)],
    ) -> Result<Self, Answer> {
        for (name, text) in defaults {
            if !sent.iter().any(|(sent, _)| sent == name) {
                sent.push(((*name).to_owned(), (*text).to_owned()));
            }
        }
        let known: Vec<_> = COMMON.iter().chain(known).copied().collect();
        let mut query = Self {
            filters: Vec::new(),
            fields: None,
            per_page: 100,
            query,
            cursor: None,
        };
        let mut unknown = Vec::new();
        for (name, text) in &sent {
            match name.as_str() {
                "per_page" => query.per_page = query::per_page(text)?,
                "fields" => {
                    query.fields = Some(
                        query::fields(text)
                            .map_err(|problem| Answer::unprocessable(vec![problem]))?,
                    )
                }
                _ => match Filter::read(name, text, &known) {
                    Ok(Some(filter)) => query.filters.push(filter),
                    Ok(None) => unknown.push(name.as_str()),
                    Err(problem) => return Err(Answer::unprocessable(vec![problem])),
                },
            }
        }
        if !unknown.is_empty() {
            return Err(Answer::refused(format!(
                "Invalid query params: {}",
                unknown.join(", ")
            )));
        }
        let filters_by = |name: &str| query.filters.iter().any(|filter| filter.name == name);
        if filters_by("created_at") && filters_by("updated_at") {
            return Err(Answer::refused(
                "created_at and updated_at cannot be combined",
            ));
        }
        Ok(query)
    }

    fn next_link(&self, request: &ListRequest<'_>, last: i64) -> String {
        let cursor = Cursor {
            query: self.query.clone(),
            per_page: self.per_page,
            id: last,
            page: self
                .cursor
                .as_ref()
                .map_or(2, |cursor| cursor.page.saturating_add(1)),
            original_request_id: self.cursor.as_ref().map_or_else(
                || request.call.request_id.clone(),
                |cursor| cursor.original_request_id.clone(),
            ),
        };
        let json = serde_json::to_vec(&cursor).unwrap_or_default();
        let encoded: String =
            form_urlencoded::byte_serialize(STANDARD.encode(json).as_bytes()).collect();
        format!(
            "<{}{}?cursor={encoded}>; rel=\"next\"",
            request.base_url, request.call.path
        )
    }
}

fn pairs(query: &str) -> Vec<(String, String)> {
    form_urlencoded::parse(query.as_bytes())
        .into_owned()
        .collect()
}

/// Serializes a page, with a trailing newline (observed live). `fields` selects members.
fn body<R: Row>(rows: &[&R], fields: Option<&[String]>) -> Option<String> {
    let json = match fields {
        None => serde_json::to_string(rows),
        Some(fields) => rows
            .iter()
            .map(|row| {
                let mut row = serde_json::to_value(row)?;
                if let Value::Object(members) = &mut row {
                    members.retain(|name, _| fields.contains(name));
                }
                Ok(row)
            })
            .collect::<Result<Vec<_>, serde_json::Error>>()
            .and_then(|rows| serde_json::to_string(&rows)),
    };
    json.ok().map(|json| json + "\n")
}

fn answer(body: Option<String>, link: Option<&str>) -> Result<Answer, Answer> {
    let (Some(body), Ok(link)) = (body, link.map(HeaderValue::from_str).transpose()) else {
        return Err(Answer::empty(StatusCode::INTERNAL_SERVER_ERROR));
    };
    let digest = <sha2::Sha256 as sha2::Digest>::digest(body.as_bytes());
    let etag = format!("W/\"{}\"", hex(digest.get(..16).unwrap_or_default()));
    let mut answer = Answer::text(StatusCode::OK, body)
        .with(
            "cache-control",
            HeaderValue::from_static("max-age=0, private, must-revalidate"),
        )
        .with("vary", HeaderValue::from_static("Accept,Accept-Encoding"))
        .with("x-runtime", HeaderValue::from_static("0.010000"));
    if let Some(link) = link {
        answer = answer.with("link", link);
    }
    if let Ok(etag) = HeaderValue::from_str(&etag) {
        answer = answer.with("etag", etag);
    }
    Ok(answer)
}

const COMMON: &[(&str, Kind)] = &[
    ("ids", Kind::Ids),
    ("created_at", Kind::Time),
    ("updated_at", Kind::Time),
];
