//! Section "Tests by stage": the stages with their tests, and a form that adds one.

use maud::{Markup, html};
use serde_json::{Value, json};

use super::{
    failure::{failed, short},
    jobs::job_name,
    saving::{id, save_off_button},
    section::Sections,
};
use crate::{
    api::{ApiError, JobChoices, StageChoices},
    draft::Draft,
    form::Form,
    parts::{Choice, Field, hidden, problem_summary, select, text_input},
    request::ConsoleRequest,
    texts::fill,
};

pub(super) async fn markup(sections: &Sections<'_>, draft: &Draft<'_>) -> Markup {
    let request = sections.request;
    let texts = &request.texts().stage_tests;
    let tests = tests(&sections.settings);
    let is_adding = draft.form().is_some()
        || [ADD, JOB]
            .iter()
            .any(|name| request.query.get(name).is_some());
    // The lists are loaded only if something needs them.
    if tests.is_empty() && !is_adding {
        return html! {
            p.gh-lead { (texts.lead) }
            p.gh-empty { (texts.none) }
            (opening(request))
        };
    }
    let choices: Result<JobChoices, ApiError> =
        request.api.get(&request.list("choices/jobs")).await;
    let is_removal = draft.form().is_some_and(|form| form.get(REMOVE).is_some());
    let none = Draft::default();
    let (removed, added) = match is_removal {
        true => (draft, &none),
        false => (&none, draft),
    };
    let added = &placed(added, tests.len());
    html! {
        p.gh-lead { (texts.lead) }
        @if let Err(error) = &choices {
            (failed(request, request.texts().push.choices_failed, error))
        }
        (problem_summary(request, removed, &[]))
        @if tests.is_empty() {
            p.gh-empty { (texts.none) }
        } @else {
            (table(sections, choices.as_ref().ok(), removed))
        }
        @if is_adding {
            h3 { (texts.add_title) }
            (addition(sections, added, choices.as_ref().ok()).await)
        } @else {
            (opening(request))
        }
    }
}

/// The link that opens the form for a new test.
fn opening(request: &ConsoleRequest<'_>) -> Markup {
    let address = request.link("push?add=stage-test#stage-tests");
    html! {
        p { a.gh-button href=(address) data-partial { (request.texts().stage_tests.add_title) } }
    }
}

/// Adds the test in the form, or removes the tests of a stage.
pub(super) fn change(form: &Form, settings: &mut Value) {
    let mut tests = tests(settings).to_vec();
    match form.get(REMOVE) {
        Some(stage) => tests.retain(|test| test["stage"] != id(stage)),
        None => tests.push(json!({
            "job": id(form.get(JOB).unwrap_or_default()),
            "stage": id(form.get(STAGE).unwrap_or_default()),
            "scenario": form.get(TEST).unwrap_or_default(),
        })),
    }
    settings["stage_tests"] = tests.into();
}

fn table(sections: &Sections<'_>, choices: Option<&JobChoices>, draft: &Draft<'_>) -> Markup {
    let request = sections.request;
    let (texts, jobs_texts) = (&request.texts().stage_tests, &request.texts().jobs);
    let stage_name = |id: u64| {
        let stages = choices.and_then(|choices| choices.mapped_stages.as_ref());
        let row = stages.and_then(|stages| stages.iter().find(|stage| stage.id == id));
        match row.and_then(|row| row.name.as_deref()) {
            Some(name) => short(name),
            None => fill(jobs_texts.stage_number, &[("id", &id.to_string())]),
        }
    };
    let test_name = |id: &str| {
        let tests = choices.map(|choices| choices.scenarios.iter());
        let row = tests.and_then(|mut tests| tests.find(|test| test.id == id));
        short(row.map_or(id, |row| &row.name))
    };
    html! {
        div.gh-scroll tabindex="0" role="region" aria-label=(texts.list) {
            table.gh-table {
                caption { (texts.list) }
                thead {
                    tr {
                        th scope="col" { (texts.job) }
                        th scope="col" { (texts.stage) }
                        th scope="col" { (texts.test) }
                        th scope="col" { (texts.actions) }
                    }
                }
                tbody {
                    @for test in tests(&sections.settings) {
                        @let job = test["job"].as_u64().unwrap_or_default();
                        @let stage = test["stage"].as_u64().unwrap_or_default();
                        @let row = choices.and_then(|all| all.jobs.iter().find(|own| own.id == job));
                        tr {
                            td { bdi { (job_name(jobs_texts, job, row)) } }
                            th scope="row" { bdi { (stage_name(stage)) } }
                            td { bdi { (test_name(test["scenario"].as_str().unwrap_or_default())) } }
                            td { (removal(sections, draft, stage)) }
                        }
                    }
                }
            }
        }
    }
}

fn removal(sections: &Sections<'_>, draft: &Draft<'_>, stage: u64) -> Markup {
    let request = sections.request;
    let texts = &request.texts().stage_tests;
    let stage = stage.to_string();
    let typed = draft.form().and_then(|form| form.get(REMOVE));
    html! {
        details.gh-confirm open[typed == Some(&stage)] {
            summary.gh-button.gh-danger { (texts.remove) }
            p { (texts.remove_text) }
            form method="post" action=(address(request)) data-partial {
                (sections.version_field())
                (hidden(REMOVE, &stage))
                button.gh-button.gh-danger type="submit" { (texts.remove_confirm) }
                @if typed == Some(&stage) { (save_off_button(request, draft)) }
            }
        }
    }
}

/// The two steps of a new test: the job, then its stage and the test. Ids are typed if the lists
/// could not be loaded.
async fn addition(
    sections: &Sections<'_>,
    draft: &Draft<'_>,
    choices: Option<&JobChoices>,
) -> Markup {
    let request = sections.request;
    let texts = &request.texts().stage_tests;
    let typed = draft.form().and_then(|form| form.get(JOB));
    let job = typed.or(request.query.filled(JOB)).unwrap_or_default();
    let Some(choices) = choices else {
        return last_step(sections, draft, job, None, None);
    };
    let mut jobs = vec![Choice::new("", request.texts().common.choose)];
    jobs.extend(choices.jobs.iter().map(|row| {
        let label = job_name(&request.texts().jobs, row.id, Some(row));
        Choice::new(row.id.to_string(), label)
    }));
    let field = Field {
        name: JOB,
        label: texts.job,
        hint: "",
    };
    let stages: Option<Result<StageChoices, ApiError>> = match job.parse::<u64>() {
        Ok(job) => {
            let path = request.list(&format!("choices/stages?job={job}"));
            Some(request.api.get(&path).await)
        }
        Err(_) => None,
    };
    html! {
        form method="get" action=(request.link("push#stage-tests")) data-partial {
            (select(request, draft, field, &jobs, job))
            button.gh-button type="submit" { (texts.show_stages) }
        }
        @match &stages {
            None => {}
            Some(Err(error)) => {
                (failed(request, request.texts().push.choices_failed, error))
                (last_step(sections, draft, job, Some(choices), None))
            }
            Some(Ok(stages)) => (last_step(sections, draft, job, Some(choices), Some(stages))),
        }
    }
}

fn last_step(
    sections: &Sections<'_>,
    draft: &Draft<'_>,
    job: &str,
    choices: Option<&JobChoices>,
    stages: Option<&StageChoices>,
) -> Markup {
    let request = sections.request;
    let texts = &request.texts().stage_tests;
    let field = |name, label| Field {
        name,
        label,
        hint: "",
    };
    let choose = || Choice::new("", request.texts().common.choose);
    let stages = stages.map(|own| {
        let rows = own.stages.iter().map(|row| {
            let id = row.id.to_string();
            let name = row.name.as_deref().map(short);
            Choice::new(id.clone(), name.unwrap_or(id))
        });
        std::iter::once(choose()).chain(rows).collect::<Vec<_>>()
    });
    let tests = choices.map(|own| {
        let rows = own.scenarios.iter();
        let rows = rows.map(|row| Choice::new(row.id.clone(), short(&row.name)));
        std::iter::once(choose()).chain(rows).collect::<Vec<_>>()
    });
    html! {
        form.gh-form method="post" action=(address(request)) data-guard=(draft.guard()) data-partial {
            (sections.version_field())
            (problem_summary(request, draft, FIELDS))
            @match choices {
                Some(_) => (hidden(JOB, job)),
                None => (text_input(request, draft, field(JOB, texts.job_id), "text", job)),
            }
            @match &stages {
                Some(stages) => {
                    @if stages.len() == 1 { p.gh-empty { (texts.no_stage) } }
                    (select(request, draft, field(STAGE, texts.stage_label), stages, ""))
                }
                None => (text_input(request, draft, field(STAGE, texts.stage_id), "text", "")),
            }
            @match &tests {
                Some(tests) => {
                    @if tests.len() == 1 { p.gh-empty { (texts.no_test) } }
                    (select(request, draft, field(TEST, texts.test_label), tests, ""))
                }
                None => (text_input(request, draft, field(TEST, texts.test_id), "text", "")),
            }
            div.gh-save {
                button.gh-button.gh-primary type="submit"
                    data-busy=(request.texts().common.checking) { (texts.add) }
                span.gh-unsaved { (request.texts().common.unsaved) }
            }
            (save_off_button(request, draft))
        }
    }
}

/// Returns the draft with the problems of the added test, which is at `place`, at the fields of the
/// form.
fn placed<'a>(draft: &Draft<'a>, place: usize) -> Draft<'a> {
    let Some(form) = draft.form() else {
        return Draft::default();
    };
    let added = format!("stage_tests[{place}].");
    let problems = draft.other_problems(&[]).cloned().map(|mut problem| {
        if let Some(member) = problem.member.strip_prefix(&added) {
            problem.member = format!("stage_tests.{member}");
        }
        problem
    });
    Draft::refused(form, problems.collect())
}

fn tests(settings: &Value) -> &[Value] {
    settings["stage_tests"]
        .as_array()
        .map_or(&[], Vec::as_slice)
}

fn address(request: &ConsoleRequest<'_>) -> String {
    request.link("push/stage-tests#stage-tests")
}

const JOB: &str = "stage_tests.job";
const STAGE: &str = "stage_tests.stage";
const TEST: &str = "stage_tests.scenario";
const REMOVE: &str = "remove";
/// Parameter of the page that opens the form for a new test.
const ADD: &str = "add";
/// Fields that show their own problems.
const FIELDS: &[&str] = &[JOB, STAGE, TEST];
