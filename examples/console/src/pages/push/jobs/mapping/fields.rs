//! The two steps of a mapping: the job, then its stage and interview kit.

use maud::{Markup, html};
use serde_json::Value;

use crate::{
    api::{JobChoice, JobChoices, KitChoice, StageChoices},
    draft::Draft,
    pages::push::{
        failure::{contains, short},
        jobs::{address, table::job_name},
        saving::save_off_button,
    },
    parts::{Choice, Field, hidden, problem_list, problem_summary, select, text_input},
    request::ConsoleRequest,
    texts::fill,
};

/// A mapping that is being edited.
pub(super) struct Mapping<'a> {
    request: &'a ConsoleRequest<'a>,
    draft: &'a Draft<'a>,
    product_job: &'a str,
    stored: Option<&'a Value>,
    /// Job that the user has chosen, or else the stored one.
    pub(super) job: Option<u64>,
}

impl<'a> Mapping<'a> {
    pub(super) fn new(
        request: &'a ConsoleRequest<'_>,
        draft: &'a Draft<'_>,
        product_job: &'a str,
        stored: Option<&'a Value>,
    ) -> Self {
        let typed = draft.form();
        let typed = typed.and_then(|form| form.get(&format!("jobs.{product_job}.job")));
        let chosen = typed.or(request.query.get("job"));
        let chosen = chosen.and_then(|job| job.parse().ok());
        Self {
            request,
            draft,
            product_job,
            stored,
            job: chosen.or_else(|| stored?["job"].as_u64()),
        }
    }

    fn name(&self, member: &str) -> String {
        format!("jobs.{}.{member}", self.product_job)
    }

    /// Returns `true` if another job than the stored one is chosen.
    fn is_changed(&self) -> bool {
        self.job != self.stored.and_then(|stored| stored["job"].as_u64())
    }

    /// Stored id of the stage or the kit, which belongs to the stored job only.
    fn stored(&self, member: &str) -> Option<u64> {
        let stored = self.stored?;
        let is_same = stored["job"].as_u64() == self.job;
        stored[member].as_u64().filter(|_| is_same)
    }
}

/// Step 1: a form that loads the page again with the chosen job.
pub(super) fn job_step(mapping: &Mapping<'_>, choices: &JobChoices) -> Markup {
    let request = mapping.request;
    let texts = &request.texts().jobs;
    let search = request.query.filled("q");
    let is_match = |job: &&JobChoice| {
        let own = [&job.name, &job.requisition_id];
        search.is_none_or(|search| own.into_iter().flatten().any(|text| contains(text, search)))
    };
    let found: Vec<&JobChoice> = choices.jobs.iter().filter(is_match).collect();
    let is_cut = found.len() > SHOWN || choices.truncated;
    let needs_search = choices.jobs.len() > SHOWN || choices.truncated;
    let current = mapping.job.map(|id| {
        let job = choices.jobs.iter().find(|job| job.id == id);
        (id, job)
    });
    let others = found.into_iter().take(SHOWN);
    let others = others.filter(|job| Some(job.id) != mapping.job);
    let name = mapping.name("job");
    let mut problems = mapping.draft.problems_of(&name).peekable();
    let is_invalid = problems.peek().is_some();
    html! {
        h3 { (texts.step_job) }
        @if needs_search {
            form.gh-search role="search" aria-label=(texts.search_jobs) method="get"
                action=(address(request, mapping.product_job)) data-partial {
                label for="gh-map-q" { (texts.search_jobs) }
                input.gh-input #gh-map-q type="search" name="q" value=(search.unwrap_or_default())
                    autocomplete="off";
                button.gh-button type="submit" { (texts.search_button) }
            }
        }
        @if choices.jobs.is_empty() && current.is_none() {
            p.gh-empty { (texts.no_open_job) }
        } @else {
            form method="get" action=(address(request, mapping.product_job))
                data-guard=(if is_invalid { "kept" } else { "" }) data-partial {
                div.gh-field.gh-invalid[is_invalid] {
                    label for="gh-map-job" { (texts.choose_job) }
                    select.gh-input #gh-map-job name="job"
                        aria-invalid=[is_invalid.then_some("true")]
                        aria-describedby=[is_invalid.then_some("gh-map-job-problems")] {
                        @match current {
                            Some((id, job)) => option value=(id) selected dir="auto" {
                                (job_name(texts, id, job))
                                @if job.is_none() && !choices.truncated { " · " (texts.not_open) }
                            },
                            None => option value="" { (request.texts().common.choose) },
                        }
                        @for job in others {
                            option value=(job.id) dir="auto" { (job_name(texts, job.id, Some(job))) }
                        }
                    }
                    (problem_list(request, "gh-map-job-problems", problems))
                }
                @if is_cut { p.gh-hint { (texts.jobs_cut) } }
                button.gh-button type="submit" { (texts.show_stages) }
            }
        }
    }
}

/// Step 2: the form that saves the mapping. Ids are typed if the lists could not be loaded.
pub(super) fn stage_step(
    mapping: &Mapping<'_>,
    version: u64,
    has_jobs: bool,
    choices: Option<&StageChoices>,
) -> Markup {
    let request = mapping.request;
    let (common, texts) = (&request.texts().common, &request.texts().jobs);
    let (job, stage, kit, later) = (
        mapping.name("job"),
        mapping.name("stage"),
        mapping.name("interview_kit"),
        mapping.name("advance_to"),
    );
    let job_value = mapping.job.map(|job| job.to_string()).unwrap_or_default();
    let shown = [job.as_str(), &stage, &kit, &later];
    html! {
        h3 { (texts.step_stage) }
        form method="post" action=(address(request, mapping.product_job))
            data-guard=(mapping.draft.guard()) data-partial
            data-changed[mapping.is_changed()] {
            (hidden("version", &version.to_string()))
            (problem_summary(request, mapping.draft, &shown))
            @if has_jobs {
                (hidden(&job, &job_value))
            } @else {
                (typed(mapping, &job, texts.job_id, texts.id_hint, mapping.job))
            }
            @match choices {
                Some(choices) => {
                    (stage_select(mapping, Place::Start, choices))
                    @match &choices.interview_kits {
                        Some(kits) => (interview_kits(mapping, &kit, kits, choices)),
                        None => {
                            @let stored = mapping.stored("interview_kit");
                            (typed(mapping, &kit, texts.kit_id, texts.kits_hidden, stored))
                        }
                    }
                    (stage_select(mapping, Place::Rule, choices))
                }
                None => {
                    (typed(mapping, &stage, texts.stage_id, texts.id_hint, mapping.stored("stage")))
                    @let stored = mapping.stored("interview_kit");
                    (typed(mapping, &kit, texts.kit_id, texts.id_hint, stored))
                    @let stored = mapping.stored("advance_to");
                    (typed(mapping, &later, texts.advance_id, texts.id_hint, stored))
                }
            }
            div.gh-save {
                button.gh-button.gh-primary type="submit" data-busy=(common.checking) { (texts.save) }
                span.gh-unsaved { (common.unsaved) }
            }
            (save_off_button(request, mapping.draft))
        }
    }
}

fn typed(
    mapping: &Mapping<'_>,
    name: &str,
    label: &str,
    hint: &str,
    stored: Option<u64>,
) -> Markup {
    let stored = stored.map(|id| id.to_string()).unwrap_or_default();
    let field = Field { name, label, hint };
    text_input(mapping.request, mapping.draft, field, "text", &stored)
}

/// What a stage is chosen for.
#[derive(Clone, Copy)]
enum Place {
    /// New applications start there.
    Start,
    /// A rule moves applications there.
    Rule,
}

fn stage_select(mapping: &Mapping<'_>, place: Place, choices: &StageChoices) -> Markup {
    let texts = &mapping.request.texts().jobs;
    let (member, none, label, hint) = match place {
        Place::Start => ("stage", texts.first_stage, texts.stage, texts.stage_hint),
        Place::Rule => (
            "advance_to",
            texts.no_advance,
            texts.advance,
            texts.advance_hint,
        ),
    };
    let name = &mapping.name(member);
    let offered = choices.stages.iter();
    let offered = offered.map(|stage| (stage.id, shown(mapping, stage.name.as_deref())));
    let stored = mapping.stored(member);
    let choices = with_stored(
        mapping,
        Choice::new("", none),
        offered.collect(),
        stored,
        texts.stage_number,
    );
    let field = Field { name, label, hint };
    let stored = stored.map(|id| id.to_string()).unwrap_or_default();
    select(mapping.request, mapping.draft, field, &choices, &stored)
}

fn interview_kits(
    mapping: &Mapping<'_>,
    name: &str,
    kits: &[KitChoice],
    choices: &StageChoices,
) -> Markup {
    let texts = &mapping.request.texts().jobs;
    let offered = kits.iter().map(|kit| {
        let label = shown(mapping, kit.name.as_deref());
        let stage = kit.stage.and_then(|id| {
            let stage = choices.stages.iter().find(|stage| stage.id == id);
            stage.and_then(|stage| stage.name.as_deref())
        });
        let label = match stage {
            Some(stage) => fill(
                texts.kit_of_stage,
                &[("kit", &label), ("stage", &short(stage))],
            ),
            None => label,
        };
        (kit.id, label)
    });
    let automatic = Choice::new("", texts.automatic_kit);
    let stored = mapping.stored("interview_kit");
    let choices = with_stored(
        mapping,
        automatic,
        offered.collect(),
        stored,
        texts.kit_number,
    );
    let field = Field {
        name,
        label: texts.kit,
        hint: texts.kit_hint,
    };
    let stored = stored.map(|id| id.to_string()).unwrap_or_default();
    select(mapping.request, mapping.draft, field, &choices, &stored)
}

fn shown(mapping: &Mapping<'_>, name: Option<&str>) -> String {
    let name = name.filter(|name| !name.is_empty());
    name.map_or_else(|| mapping.request.texts().jobs.unnamed.to_owned(), short)
}

/// The options, with the stored one if it is no longer offered.
fn with_stored(
    mapping: &Mapping<'_>,
    none: Choice,
    offered: Vec<(u64, String)>,
    stored: Option<u64>,
    numbered: &str,
) -> Vec<Choice> {
    let lost = stored.filter(|id| offered.iter().all(|(own, _)| own != id));
    let lost = lost.map(|id| {
        let name = fill(numbered, &[("id", &id.to_string())]);
        let label = fill(mapping.request.texts().jobs.lost, &[("name", &name)]);
        Choice::new(id.to_string(), label)
    });
    let offered = offered.into_iter();
    let offered = offered.map(|(id, label)| Choice::new(id.to_string(), label));
    [none].into_iter().chain(lost).chain(offered).collect()
}

/// Maximum number of jobs in the selection.
const SHOWN: usize = 200;
