//! Section "Push triggers": which completed assessments are pushed automatically.

mod estimate;

use greenhouse_core::scorecard::Score;
use maud::{Markup, html};
use serde_json::{Value, json};

use super::{
    scorecard::{number, readable, stored},
    section::{Section, Sections},
};
use crate::{
    api::{ApiError, Problem, Settings},
    draft::Draft,
    form::Form,
    pages::{Answer, settings::Saved},
    parts::{Choice, Field, Tone, checkbox, notice, problem_summary, radio, save_bar, text_input},
    request::ConsoleRequest,
};

pub(super) async fn markup(sections: &Sections<'_>, draft: &Draft<'_>) -> Markup {
    let (request, settings) = (sections.request, &sections.settings);
    let draft = &placed(draft);
    let texts = &request.texts().triggers;
    let choices = [
        Choice::new(MANUAL, texts.manual),
        Choice::new(ON_COMPLETE, texts.on_complete),
        Choice::new(ON_SCORE, texts.on_score),
    ];
    let kind = Field {
        name: KIND,
        label: texts.kind,
        hint: texts.lead,
    };
    let minimum = Field {
        name: MINIMUM,
        label: texts.minimum,
        hint: texts.minimum_hint,
    };
    let inclusive = Field {
        name: INCLUSIVE,
        label: texts.inclusive,
        hint: "",
    };
    html! {
        form.gh-form method="post" action=(request.link("push/triggers#triggers"))
            data-guard=(draft.guard()) data-partial {
            (sections.version_field())
            (problem_summary(request, draft, &[KIND, MINIMUM, INCLUSIVE]))
            (radio(request, draft, kind, &choices, &stored(settings, KIND)))
            div.gh-nested {
                (text_input(request, draft, minimum, "number", &stored_minimum(settings)))
                (checkbox(request, draft, inclusive, settings["trigger"]["inclusive"] != false))
            }
            p { (texts.invited) }
            (notice(Tone::Info, &html! {
                p {
                    (texts.failure) " "
                    a href=(request.link("activity")) { (texts.open_activity) }
                }
            }))
            (estimate::markup(request, draft, settings).await)
            (save_bar(request))
        }
    }
}

/// Writes the trigger from the form.
pub(super) fn change(form: &Form, settings: &mut Value) {
    settings["trigger"] = trigger(form, form.get(KIND).unwrap_or_default());
}

/// `GET push/triggers/estimate`: the estimates, for the script. `POST`: the whole page with what
/// was typed and the estimates. Nothing is saved.
pub(super) async fn estimate(request: &ConsoleRequest<'_>) -> Result<Answer, ApiError> {
    if request.is_read() {
        let estimates = estimate::read(request, &request.query).await;
        return Ok(Answer::Fragment(estimate::content(
            request,
            &request.query,
            &estimates,
        )));
    }
    let form = &request.form;
    let stored: Settings = request.api.get("settings/push").await?;
    let seen = form.get("version").and_then(|version| version.parse().ok());
    let draft = Draft::refused(form, problems(form));
    // The page contains the version that is stored now, so an older form must not look current.
    let saved = if seen == Some(stored.version) {
        Saved::Refused(draft)
    } else {
        Saved::Stale(draft)
    };
    super::show(request, Some((Section::Triggers, saved))).await
}

/// A trigger of this kind with the minimum from the form. Text that is not a number stays text, so
/// that the endpoint names the problem.
fn trigger(form: &Form, kind: &str) -> Value {
    match kind {
        ON_SCORE => json!({
            "kind": kind,
            "minimum": number(form.get(MINIMUM).unwrap_or_default()),
            "inclusive": form.is_checked(INCLUSIVE),
        }),
        _ => json!({ "kind": kind }),
    }
}

/// Returns the draft with each problem of the trigger at the field that causes it. The endpoint
/// reports them as problems of the whole trigger.
fn placed<'a>(draft: &Draft<'a>) -> Draft<'a> {
    let Some(form) = draft.form() else {
        return Draft::default();
    };
    let problems = draft.other_problems(&[]).map(|problem| {
        let mut problem = readable(problem);
        if problem.member == "trigger" {
            let is_of_minimum = form.get(KIND) == Some(ON_SCORE);
            let member = if is_of_minimum { MINIMUM } else { KIND };
            problem.member = member.to_owned();
        }
        problem
    });
    Draft::refused(form, problems.collect())
}

/// The problem that keeps an estimate from using the minimum, if any.
fn problems(form: &Form) -> Vec<Problem> {
    let minimum = form.get(MINIMUM).unwrap_or_default().parse::<Score>();
    let problem = minimum.err().map(|error| Problem {
        member: MINIMUM.to_owned(),
        code: "bad_body".to_owned(),
        message: error.to_string(),
        remedy: None,
        scope: None,
    });
    problem.into_iter().collect()
}

/// The stored minimum, or else the bound for Yes as a proposal.
fn stored_minimum(settings: &Value) -> String {
    match stored(settings, MINIMUM) {
        minimum if minimum.is_empty() => stored(settings, "thresholds.yes"),
        minimum => minimum,
    }
}

const KIND: &str = "trigger.kind";
const MINIMUM: &str = "trigger.minimum";
const INCLUSIVE: &str = "trigger.inclusive";
const MANUAL: &str = "manual";
const ON_COMPLETE: &str = "on_complete";
const ON_SCORE: &str = "on_score";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trigger_has_the_members_of_its_kind() {
        for (form, expected) in [
            (
                "trigger.kind=manual&trigger.minimum=70",
                json!({"kind": "manual"}),
            ),
            (
                "trigger.kind=on_score&trigger.minimum=70.5&trigger.inclusive=true",
                json!({"kind": "on_score", "minimum": 70.5, "inclusive": true}),
            ),
            (
                "trigger.kind=on_score&trigger.minimum=many",
                json!({"kind": "on_score", "minimum": "many", "inclusive": false}),
            ),
        ] {
            let mut settings = json!({"tags": ["kept"]});
            change(&Form::parse(form.as_bytes()), &mut settings);
            assert_eq!(settings, json!({"tags": ["kept"], "trigger": expected}));
        }
    }
}
