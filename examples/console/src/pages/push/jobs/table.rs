use std::collections::{BTreeMap, HashMap};

use maud::{Markup, html};
use serde_json::{Map, Value};

use super::address;
use crate::{
    api::{JobChoice, JobChoices, MappedStage, Named},
    pages::push::failure::{contains, short},
    parts::{Icon, icon},
    request::ConsoleRequest,
    texts::{JobsTexts, fill},
};

/// The product's jobs with their mappings.
pub(super) struct Table<'a> {
    rows: Vec<Row<'a>>,
    /// Number of rows that match the search and are not shown.
    hidden: u64,
    search: Option<&'a str>,
    /// Jobs that are open in Greenhouse. `None` if they could not be listed.
    open: Option<HashMap<u64, &'a JobChoice>>,
    /// The mapped stages that exist. `None` if they could not be listed.
    stages: Option<HashMap<u64, &'a MappedStage>>,
    /// The mapped interview kits that exist. `None` if they could not be listed.
    kits: Option<HashMap<u64, &'a Named>>,
    is_truncated: bool,
}

struct Row<'a> {
    id: &'a str,
    /// Name in the product. `None` if the product does not have the job, or did not list its jobs.
    name: Option<&'a str>,
    mapping: Option<&'a Value>,
}

impl<'a> Table<'a> {
    /// Mapped jobs come first. With a search, only the rows that contain the text.
    pub(super) fn new(
        mapped: &'a Map<String, Value>,
        choices: Option<&'a JobChoices>,
        search: Option<&'a str>,
    ) -> Self {
        let product_jobs = choices.map_or(&[][..], |choices| &choices.product_jobs);
        let names: BTreeMap<&str, &str> = product_jobs
            .iter()
            .map(|job| (job.id.as_str(), job.name.as_str()))
            .collect();
        let open = choices.map(|choices| {
            let jobs = choices.jobs.iter();
            jobs.map(|job| (job.id, job)).collect::<HashMap<_, _>>()
        });
        let stages = choices.and_then(|choices| choices.mapped_stages.as_ref());
        let stages = stages.map(|stages| {
            let stages = stages.iter();
            stages.map(|stage| (stage.id, stage)).collect()
        });
        let kits = choices.and_then(|choices| choices.mapped_kits.as_ref());
        let kits = kits.map(|kits| kits.iter().map(|kit| (kit.id, kit)).collect());
        let mut rows: Vec<Row<'a>> = mapped
            .iter()
            .map(|(id, mapping)| Row {
                id,
                name: names.get(id.as_str()).copied(),
                mapping: Some(mapping),
            })
            .collect();
        let unmapped = product_jobs
            .iter()
            .filter(|job| !mapped.contains_key(&job.id));
        rows.extend(unmapped.map(|job| Row {
            id: &job.id,
            name: Some(&job.name),
            mapping: None,
        }));
        if let Some(search) = search {
            rows.retain(|row| {
                let open = open.as_ref();
                let job = row.job().and_then(|job| open?.get(&job)?.name.as_deref());
                let texts = [Some(row.id), row.name, job];
                texts
                    .into_iter()
                    .flatten()
                    .any(|text| contains(text, search))
            });
        }
        let hidden = rows.len().saturating_sub(SHOWN) as u64;
        rows.truncate(SHOWN);
        Self {
            rows,
            hidden,
            search,
            open,
            stages,
            kits,
            is_truncated: choices.is_some_and(|choices| choices.truncated),
        }
    }

    pub(super) fn markup(&self, request: &ConsoleRequest<'_>) -> Markup {
        let texts = &request.texts().jobs;
        if self.rows.is_empty() && self.search.is_none() {
            return html! { @if self.open.is_some() { p.gh-empty { (texts.empty) } } };
        }
        html! {
            form.gh-search role="search" aria-label=(texts.search) method="get"
                action=(request.link("push#jobs")) data-partial {
                label for="gh-jobs-q" { (texts.search) }
                input.gh-input #gh-jobs-q type="search" name="jobs_q"
                    value=(self.search.unwrap_or_default()) autocomplete="off"
                    data-filter="#gh-job-rows";
                button.gh-button type="submit" { (texts.search_button) }
            }
            @if self.rows.is_empty() {
                p.gh-empty role="status" dir="auto" {
                    (fill(texts.no_match, &[("search", self.search.unwrap_or_default())]))
                }
            } @else {
                div.gh-scroll tabindex="0" role="region" aria-label=(texts.caption) {
                    table.gh-table {
                        caption { (texts.caption) }
                        thead {
                            tr {
                                th scope="col" { (texts.product_job) }
                                th scope="col" { (texts.job) }
                                th scope="col" { (texts.stage) }
                                th scope="col" { (texts.kit) }
                                th scope="col" { (texts.action) }
                            }
                        }
                        tbody #gh-job-rows { @for row in &self.rows { (self.row(request, row)) } }
                    }
                }
            }
            @if self.hidden > 0 { p.gh-hint { (texts.not_shown.of(self.hidden)) } }
        }
    }

    fn row(&self, request: &ConsoleRequest<'_>, row: &Row<'_>) -> Markup {
        let texts = &request.texts().jobs;
        let name = short(row.name.unwrap_or(row.id));
        let label = match row.mapping {
            Some(_) => texts.change,
            None => texts.map,
        };
        // Without the product's list, nothing is known about its jobs.
        let is_gone = row.name.is_none() && self.open.is_some();
        html! {
            tr data-row data-job=(short(row.id)) {
                th scope="row" {
                    bdi { (name) }
                    @if is_gone { " " (mark(texts.product_gone)) }
                }
                @match row.mapping {
                    Some(mapping) => (self.mapping(texts, mapping)),
                    None => td.gh-muted colspan="3" { (texts.not_mapped) },
                }
                td {
                    a href=(address(request, row.id)) data-drawer aria-label={ (label) " " (name) } {
                        (label)
                    }
                }
            }
        }
    }

    fn mapping(&self, texts: &JobsTexts, mapping: &Value) -> Markup {
        let id = mapping["job"].as_u64().unwrap_or_default();
        let open = self.open.as_ref();
        let job = open.and_then(|open| open.get(&id)).copied();
        let is_closed = open.is_some() && job.is_none() && !self.is_truncated;
        html! {
            td {
                bdi { (job_name(texts, id, job)) }
                @if is_closed { " " (mark(texts.not_open)) }
            }
            td {
                @match mapping["stage"].as_u64() {
                    Some(id) => (self.stage(texts, id)),
                    None => (texts.first_stage),
                }
            }
            td {
                @match mapping["interview_kit"].as_u64() {
                    Some(id) => (self.kit(texts, id)),
                    None => (texts.automatic_kit),
                }
            }
        }
    }

    fn kit(&self, texts: &JobsTexts, id: u64) -> Markup {
        let row = self.kits.as_ref().map(|kits| kits.get(&id));
        let name = row.flatten().and_then(|kit| kit.name.as_deref());
        let name = match name.filter(|name| !name.is_empty()) {
            Some(name) => short(name),
            None => fill(texts.kit_number, &[("id", &id.to_string())]),
        };
        let is_lost = row.is_some_and(|kit| kit.is_none());
        html! {
            bdi { (name) }
            @if is_lost { " " (mark(texts.kit_gone)) }
        }
    }

    fn stage(&self, texts: &JobsTexts, id: u64) -> Markup {
        let row = self.stages.as_ref().map(|stages| stages.get(&id));
        let name = row.flatten().and_then(|stage| stage.name.as_deref());
        let name = match name.filter(|name| !name.is_empty()) {
            Some(name) => short(name),
            None => fill(texts.stage_number, &[("id", &id.to_string())]),
        };
        let is_lost = row.is_some_and(|stage| stage.is_none_or(|stage| !stage.active));
        html! {
            bdi { (name) }
            @if is_lost { " " (mark(texts.stage_gone)) }
        }
    }
}

impl Row<'_> {
    fn job(&self) -> Option<u64> {
        self.mapping.and_then(|mapping| mapping["job"].as_u64())
    }
}

/// Name of a Greenhouse job with its requisition id, or its id if the name is unknown.
pub(in crate::pages::push) fn job_name(
    texts: &JobsTexts,
    id: u64,
    job: Option<&JobChoice>,
) -> String {
    let name = job.and_then(|job| job.name.as_deref());
    let Some(name) = name.filter(|name| !name.is_empty()) else {
        return fill(texts.job_number, &[("id", &id.to_string())]);
    };
    let requisition = job.and_then(|job| job.requisition_id.as_deref());
    match requisition.filter(|requisition| !requisition.is_empty()) {
        Some(requisition) => format!("{} ({})", short(name), short(requisition)),
        None => short(name),
    }
}

fn mark(text: &str) -> Markup {
    html! { span.gh-status.gh-warning { (icon(Icon::Warning)) (text) } }
}

/// Maximum number of rows.
const SHOWN: usize = 400;

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn rows_are_the_mapped_jobs_and_then_the_others() {
        let mapped = json!({"gone": {"job": 1}, "sales": {"job": 2}});
        let mapped = mapped.as_object().unwrap();
        let choices: JobChoices = serde_json::from_value(json!({
            "jobs": [{"id": 2, "name": "Account Executive", "requisition_id": null}],
            "scenarios": [],
            "product_jobs": [{"id": "ops", "name": "Operations"}, {"id": "sales", "name": "Sales"}],
            "mapped_stages": null,
            "mapped_kits": null,
            "truncated": false,
        }))
        .unwrap();
        let ids = |search| {
            let table = Table::new(mapped, Some(&choices), search);
            table
                .rows
                .iter()
                .map(|row| row.id.to_owned())
                .collect::<Vec<_>>()
        };
        assert_eq!(ids(None), ["gone", "sales", "ops"]);
        assert_eq!(ids(Some("account")), ["sales"]);
        assert_eq!(ids(Some("OPERA")), ["ops"]);
        assert!(ids(Some("zz")).is_empty());
        let unlisted = Table::new(mapped, None, None);
        assert_eq!(unlisted.rows.len(), 2);
    }
}
