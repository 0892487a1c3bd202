//! Section "Scorecard mapping": score ranges with a preview, where results go, custom fields, tags
//! and the source.

mod bar;
mod bounds;
pub(super) mod offer;
mod preview;
mod problems;
mod traits;

use maud::{Markup, html};
use serde_json::{Map, Number, Value, json};

use self::{
    offer::{Offer, field_of_text, field_text, fitting},
    preview::Shown,
};
use super::section::{Section, Sections};
use crate::{
    api::{ApiError, FieldChoice, Problem, Settings},
    draft::Draft,
    form::Form,
    pages::{
        Answer,
        settings::{Saved, is_current},
    },
    parts::{
        Choice, Field, Tone, checkbox, notice, problem_summary, radio, save_bar, select, text_area,
        text_input,
    },
    request::ConsoleRequest,
};

pub(super) use self::problems::{readable, reason};

pub(super) async fn markup(sections: &Sections<'_>, draft: &Draft<'_>) -> Markup {
    let (request, settings) = (sections.request, &sections.settings);
    let draft = &problems::placed(draft);
    let texts = &request.texts().scorecard;
    let shown = Shown::read(request, draft, settings).await;
    let (fields, sources) = offer::read(request).await;
    html! {
        p.gh-lead { (texts.lead) }
        form.gh-form method="post" action=(request.link("push/scorecard#scorecard"))
            data-guard=(draft.guard()) data-partial
            data-preview=(request.link("push/scorecard/preview")) {
            // Enter in a field saves. Without this button it would open the preview, whose button comes
            // before the one that is seen.
            button.gh-hidden type="submit" tabindex="-1" aria-hidden="true" {}
            (sections.version_field())
            (problem_summary(request, draft, FIELDS))
            fieldset {
                legend { (texts.bounds) }
                p.gh-hint { (texts.bounds_hint) }
                (bar::markup(request, &bounds::shown(draft, settings)))
                (bounds::inputs(request, draft, settings))
                (choice(request, draft, settings, MIXED))
            }
            (preview::markup(request, draft, &shown))
            fieldset {
                legend { (texts.destination) }
                (choice(request, draft, settings, SCORECARD))
                (choice(request, draft, settings, NOTE_VISIBILITY))
                (choice(request, draft, settings, REPORT_VISIBILITY))
                (choice(request, draft, settings, REPORT_ATTACHMENT))
            }
            fieldset {
                legend { (texts.fields) }
                p.gh-hint { (texts.fields_hint) }
                (why_typed(&fields))
                @for (name, label) in [
                    ("score", texts.field_score),
                    ("recommendation", texts.field_recommendation),
                    ("report_link", texts.field_report_link),
                ] {
                    (custom_field(request, draft, settings, &fields, name, label))
                }
                (traits::markup(request, draft, &settings["fields"]["traits"], &fields))
            }
            fieldset {
                legend { (texts.more) }
                (tags(request, draft, settings))
                (why_typed(&sources))
                (source(request, draft, settings, sources))
                @let field = Field {
                    name: MOVE_EXISTING,
                    label: texts.move_existing,
                    hint: texts.move_existing_hint,
                };
                (checkbox(request, draft, field, settings[MOVE_EXISTING] == true))
                details open[draft.problems_of(FROM_STAGE).next().is_some()] {
                    summary { (texts.advanced) }
                    (choice(request, draft, settings, FROM_STAGE))
                }
            }
            (save_bar(request))
        }
    }
}

/// Writes the members of this section from its form. A member without a field in the form is
/// unchanged.
pub(super) fn change(form: &Form, settings: &mut Value) {
    settings["thresholds"] = bounds::of_form(form);
    for name in [
        MIXED,
        SCORECARD,
        NOTE_VISIBILITY,
        REPORT_VISIBILITY,
        REPORT_ATTACHMENT,
        FROM_STAGE,
    ] {
        if let Some(value) = form.get(name) {
            settings[name] = value.into();
        }
    }
    let mut fields = Map::new();
    for name in ["score", "recommendation", "report_link"] {
        let typed = form.get(&format!("fields.{name}")).unwrap_or_default();
        fields.insert(name.to_owned(), field_of_text(typed));
    }
    fields.insert("traits".to_owned(), traits::change(form));
    settings["fields"] = Value::Object(fields);
    let tags = form.get(TAGS).unwrap_or_default().lines().map(str::trim);
    settings[TAGS] = tags.filter(|tag| !tag.is_empty()).collect();
    settings[SOURCE] = match form.get(SOURCE).unwrap_or_default() {
        "" => Value::Null,
        id => id.parse::<u64>().map_or_else(|_| id.into(), Value::from),
    };
    settings[MOVE_EXISTING] = form.is_checked(MOVE_EXISTING).into();
}

/// Problems of a form that the endpoint cannot see.
pub(super) fn problems(request: &ConsoleRequest<'_>) -> Vec<Problem> {
    traits::problems(&request.texts().scorecard, &request.form)
}

/// `POST push/scorecard/preview`: the preview of what was typed, for the script. With the parameter
/// `page`, the whole page with what was typed and the preview. Nothing is saved.
pub(super) async fn preview(request: &ConsoleRequest<'_>) -> Result<Answer, ApiError> {
    if request.is_read() {
        return Err(ApiError::not_found());
    }
    let form = &request.form;
    let stored: Settings = request.api.get("settings/push").await?;
    let shown = Shown::read(request, &Draft::typed(form), &stored.settings).await;
    if request.query.get("page").is_none() {
        return Ok(Answer::Fragment(preview::content(request, &shown)));
    }
    let draft = match shown {
        Err(error) if error.problems.is_empty() => return Err(error),
        Err(error) => Draft::refused(form, error.problems),
        Ok(_) => Draft::typed(form),
    };
    // The page contains the version that is stored now, so an older form must not look current.
    let saved = if is_current(form, stored.version) {
        Saved::Refused(draft)
    } else {
        Saved::Stale(draft)
    };
    super::show(request, Some((Section::Scorecard, saved))).await
}

/// A member with fixed values.
fn choice(
    request: &ConsoleRequest<'_>,
    draft: &Draft<'_>,
    settings: &Value,
    name: &'static str,
) -> Markup {
    let texts = &request.texts().scorecard;
    let visible = |private: &str| {
        vec![
            Choice::new("private", private),
            Choice::new("admin_only", texts.admin_only),
            Choice::new("public", texts.public),
        ]
    };
    let (label, hint, choices) = match name {
        MIXED => (
            texts.mixed_overall,
            texts.mixed_overall_hint,
            vec![
                Choice::new("no_decision", texts.mixed_no_decision),
                Choice::new("yes", texts.mixed_yes),
                Choice::new("no", texts.mixed_no),
            ],
        ),
        SCORECARD => (
            texts.form,
            texts.form_hint,
            vec![
                Choice::new("automatic", texts.form_automatic),
                Choice::new("note", texts.form_note),
            ],
        ),
        NOTE_VISIBILITY => (texts.note_visibility, "", visible(texts.private)),
        REPORT_VISIBILITY => (texts.report_visibility, "", visible(texts.private_report)),
        REPORT_ATTACHMENT => (
            texts.report_attachment,
            "",
            vec![
                Choice::new("other", texts.attachment_other),
                Choice::new("take_home_test", texts.attachment_take_home_test),
            ],
        ),
        _ => (
            texts.from_stage,
            texts.from_stage_hint,
            vec![
                Choice::new("job_interview_stage", texts.from_interview_stage),
                Choice::new("application_stage", texts.from_application_stage),
            ],
        ),
    };
    let field = Field { name, label, hint };
    let stored = stored(settings, name);
    match name {
        SCORECARD => radio(request, draft, field, &choices, &stored),
        _ => select(request, draft, field, &choices, &stored),
    }
}

/// The custom field of one value: a selection, or a text if there is no list.
fn custom_field(
    request: &ConsoleRequest<'_>,
    draft: &Draft<'_>,
    settings: &Value,
    offer: &Offer<FieldChoice>,
    usage: &str,
    label: &str,
) -> Markup {
    let texts = &request.texts().scorecard;
    let name = format!("fields.{usage}");
    let stored = field_text(&settings["fields"][usage]);
    let field = |hint| Field {
        name: &name,
        label,
        hint,
    };
    match offer {
        Offer::List(fields) => {
            let choices = fitting(request, fields, usage);
            let hint = match choices.len() {
                0 | 1 => texts.no_field,
                _ => "",
            };
            select(request, draft, field(hint), &choices, &stored)
        }
        Offer::Typed(_) => text_input(request, draft, field(texts.field_typed), "text", &stored),
    }
}

fn tags(request: &ConsoleRequest<'_>, draft: &Draft<'_>, settings: &Value) -> Markup {
    let texts = &request.texts().scorecard;
    let stored = settings[TAGS].as_array().into_iter().flatten();
    let stored: Vec<&str> = stored.filter_map(Value::as_str).collect();
    let field = Field {
        name: TAGS,
        label: texts.tags,
        hint: texts.tags_hint,
    };
    text_area(request, draft, field, &stored.join("\n"))
}

fn source(
    request: &ConsoleRequest<'_>,
    draft: &Draft<'_>,
    settings: &Value,
    offer: Offer<Choice>,
) -> Markup {
    let texts = &request.texts().scorecard;
    let stored = stored(settings, SOURCE);
    let field = |hint| Field {
        name: SOURCE,
        label: texts.source,
        hint,
    };
    match offer {
        Offer::List(mut choices) => {
            choices.insert(0, Choice::new("", texts.source_default));
            select(request, draft, field(""), &choices, &stored)
        }
        Offer::Typed(_) => text_input(request, draft, field(texts.source_typed), "text", &stored),
    }
}

/// Notice with the reason why a list cannot be shown.
fn why_typed<T>(offer: &Offer<T>) -> Markup {
    html! {
        @if let Some(reason) = offer.reason() {
            (notice(Tone::Warning, &html! { p { (reason) } }))
        }
    }
}

/// A stored member as the value of an input. `name` is its path, such as `thresholds.yes`.
pub(super) fn stored(settings: &Value, name: &str) -> String {
    let path = format!("/{}", name.replace('.', "/"));
    match settings.pointer(&path) {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Number(number)) => number.to_string(),
        _ => String::new(),
    }
}

/// A typed number as JSON. Text that is not a number stays text.
pub(super) fn number(text: &str) -> Value {
    let number = text.parse::<f64>().ok().and_then(Number::from_f64);
    number.map_or_else(|| json!(text), Value::Number)
}

const MIXED: &str = "mixed_overall";
const SCORECARD: &str = "scorecard";
const NOTE_VISIBILITY: &str = "note_visibility";
const REPORT_VISIBILITY: &str = "report_visibility";
const REPORT_ATTACHMENT: &str = "report_attachment";
const TAGS: &str = "tags";
const SOURCE: &str = "source";
const MOVE_EXISTING: &str = "move_existing";
const FROM_STAGE: &str = "from_stage";

/// Fields that show their own problems.
const FIELDS: &[&str] = &[
    "thresholds.strong_yes",
    "thresholds.yes",
    "thresholds.mixed",
    "thresholds.no",
    MIXED,
    bar::SCORE,
    SCORECARD,
    NOTE_VISIBILITY,
    REPORT_VISIBILITY,
    REPORT_ATTACHMENT,
    "fields.score",
    "fields.recommendation",
    "fields.report_link",
    traits::MEMBER,
    TAGS,
    SOURCE,
    MOVE_EXISTING,
    FROM_STAGE,
];
