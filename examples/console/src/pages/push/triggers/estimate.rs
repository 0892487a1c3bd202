//! How many recent assessments each choice would have pushed.

use futures_util::future::join3;
use maud::{Markup, html};
use serde_json::Value;

use super::{
    super::scorecard::reason, INCLUSIVE, MANUAL, MINIMUM, ON_COMPLETE, ON_SCORE, stored_minimum,
    trigger,
};
use crate::{
    api::{ApiError, Estimate},
    draft::Draft,
    form::Form,
    parts::{Tone, notice},
    request::ConsoleRequest,
    texts::fill,
};

/// Estimate of each choice: by hand, each completion, minimum score.
pub(super) struct Estimates([Result<Estimate, ApiError>; 3]);

/// Reads the estimates, with the minimum from a form.
pub(super) async fn read(request: &ConsoleRequest<'_>, form: &Form) -> Estimates {
    let [manual, all, scored] = [MANUAL, ON_COMPLETE, ON_SCORE].map(|kind| trigger(form, kind));
    let path = "settings/push/estimate";
    let read = join3(
        request.api.post(path, &manual),
        request.api.post(path, &all),
        request.api.post(path, &scored),
    );
    Estimates(read.await.into())
}

/// The estimates in the form. Counting takes seconds, so the script loads them later, and without
/// the script they are shown after a click on the button.
pub(super) async fn markup(
    request: &ConsoleRequest<'_>,
    draft: &Draft<'_>,
    settings: &Value,
) -> Markup {
    let texts = &request.texts().triggers;
    let is_asked = request.path().ends_with(&["triggers", "estimate"]);
    let counted = match draft.form() {
        Some(form) if is_asked => {
            let estimates = read(request, form).await;
            Some(content(request, form, &estimates))
        }
        _ => None,
    };
    html! {
        div.gh-estimate {
            h3 { (texts.estimate) }
            p.gh-hint { (texts.estimate_hint) }
            button.gh-button #gh-estimate-button type="submit" data-busy=(texts.estimating)
                formaction=(request.link("push/triggers/estimate#triggers")) {
                (texts.estimate_button)
            }
            @if let Some(counted) = counted {
                div aria-live="polite" { (counted) }
            } @else {
                div aria-live="polite" data-load=(address(request, draft, settings)) {}
            }
        }
    }
}

/// Address of the estimates with the minimum that the form shows.
fn address(request: &ConsoleRequest<'_>, draft: &Draft<'_>, settings: &Value) -> String {
    let minimum = draft.text(MINIMUM, stored_minimum(settings));
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    query.append_pair(MINIMUM, &minimum);
    if draft.is_checked(INCLUSIVE, settings["trigger"]["inclusive"] != false) {
        query.append_pair(INCLUSIVE, "true");
    }
    request.link(&format!("push/triggers/estimate?{}", query.finish()))
}

/// The table of the estimates, or the reason why there are none.
pub(super) fn content(
    request: &ConsoleRequest<'_>,
    form: &Form,
    Estimates(estimates): &Estimates,
) -> Markup {
    let texts = &request.texts().triggers;
    let first = match &estimates[0] {
        Ok(first) => first,
        Err(error) => {
            let text = fill(texts.estimate_failed, &[("reason", &reason(error))]);
            return notice(Tone::Warning, &html! { p { (text) } });
        }
    };
    let score = match form.is_checked(INCLUSIVE) {
        true => texts.from_minimum,
        false => texts.above_minimum,
    };
    let minimum = form.get(MINIMUM).unwrap_or_default();
    let score = fill(score, &[("minimum", minimum)]);
    let names = [texts.manual, texts.on_complete, &score];
    let is_complete = estimates.iter().flatten().all(|estimate| estimate.complete);
    let days = first.days.to_string();
    html! {
        table.gh-estimates {
            caption { (fill(texts.estimate_caption, &[("days", &days)])) }
            thead {
                tr {
                    th scope="col" { (texts.column_choice) }
                    th scope="col" { (texts.column_pushed) }
                    th scope="col" { (texts.column_rest) }
                }
            }
            tbody {
                @for (name, estimate) in names.iter().zip(estimates) {
                    tr {
                        th scope="row" { (name) }
                        @match estimate {
                            Ok(estimate) => {
                                td { (pushed(request, estimate)) }
                                td { (rest(request, estimate)) }
                            }
                            Err(error) => td colspan="2" { (reason(error)) }
                        }
                    }
                }
            }
        }
        @if !is_complete { (notice(Tone::Info, &html! { p { (texts.incomplete) } })) }
    }
}

fn pushed(request: &ConsoleRequest<'_>, estimate: &Estimate) -> String {
    let (pushed, completed) = (estimate.pushed.to_string(), estimate.completed.to_string());
    let values = [("count", pushed.as_str()), ("completed", &completed)];
    fill(request.texts().triggers.pushed, &values)
}

/// The assessments that would not have been pushed, by reason.
fn rest(request: &ConsoleRequest<'_>, estimate: &Estimate) -> Markup {
    let texts = &request.texts().triggers;
    let reasons = [
        (estimate.below_minimum, texts.below_minimum),
        (estimate.without_score, texts.without_score),
        (estimate.manual, texts.by_hand),
        (estimate.invited, texts.requested),
        (estimate.unread, texts.unread),
    ];
    let reasons = reasons.into_iter().filter(|(count, _)| *count > 0);
    let reasons = reasons.map(|(count, text)| fill(text, &[("count", &count.to_string())]));
    let reasons: Vec<String> = reasons.collect();
    html! {
        @if reasons.is_empty() {
            (texts.none_left)
        } @else {
            ul { @for reason in &reasons { li { (reason) } } }
        }
    }
}
