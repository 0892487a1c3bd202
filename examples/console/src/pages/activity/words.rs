//! Words for the values of the endpoints. A value that is unknown is its own word.

use maud::{Markup, html};

use crate::{
    parts::{Icon, icon},
    texts::ActivityTexts,
};

/// The status of an entry, as an icon and a word.
pub(super) fn status(texts: &ActivityTexts, status: &str) -> Markup {
    let (class, shown, word) = match status {
        "done" => ("gh-ok", Icon::Done, texts.done),
        "skipped" => ("gh-skipped", Icon::Skipped, texts.skipped),
        "pending" => ("gh-pending", Icon::Pending, texts.waiting),
        "failed" => ("gh-problem", Icon::Failed, texts.failed),
        other => ("gh-skipped", Icon::Info, other),
    };
    html! { span class={ "gh-status " (class) } { (icon(shown)) (word) } }
}

/// The direction of an entry, as an icon and a word.
pub(super) fn direction(texts: &ActivityTexts, direction: &str) -> Markup {
    let (shown, word) = match direction {
        "to_greenhouse" => (Icon::ToGreenhouse, texts.to_greenhouse),
        "from_greenhouse" => (Icon::FromGreenhouse, texts.from_greenhouse),
        other => (Icon::Info, other),
    };
    html! { span.gh-direction { (icon(shown)) (word) } }
}

/// The subject of an entry.
pub(super) fn subject<'a>(texts: &ActivityTexts, subject: &'a str) -> &'a str {
    match subject {
        "push" => texts.subject_push,
        "notice" => texts.subject_notice,
        "invitation" => texts.subject_invitation,
        "event" => texts.subject_event,
        "report_link" => texts.subject_report_link,
        "task" => texts.subject_task,
        "status_field" => texts.subject_status_field,
        "problem" => texts.subject_problem,
        "backfill" => texts.subject_backfill,
        other => other,
    }
}

/// A step of a push.
pub(super) fn step<'a>(texts: &ActivityTexts, step: &'a str) -> &'a str {
    match step {
        "candidate" => texts.step_candidate,
        "application" => texts.step_application,
        "stage" => texts.step_stage,
        "resume" => texts.step_resume,
        "report" => texts.step_report,
        "scorecard" => texts.step_scorecard,
        "ratings" => texts.step_ratings,
        "note" => texts.step_note,
        "application_fields" => texts.step_application_fields,
        "candidate_fields" => texts.step_candidate_fields,
        "rule_move" => texts.step_rule_move,
        "rule_rejection" => texts.step_rule_rejection,
        other => other,
    }
}

/// The state of a step, as an icon and a word.
pub(super) fn step_state(texts: &ActivityTexts, state: &str) -> Markup {
    let (class, shown, word) = match state {
        "done" => ("gh-ok", Icon::Done, texts.state_done),
        "found" => ("gh-ok", Icon::Done, texts.state_found),
        "running" => ("gh-pending", Icon::Pending, texts.state_running),
        "unknown" => ("gh-warning", Icon::Warning, texts.state_unknown),
        "partial" => ("gh-warning", Icon::Warning, texts.state_partial),
        "not_done" => ("gh-skipped", Icon::Skipped, texts.state_not_done),
        other => ("gh-skipped", Icon::Info, other),
    };
    html! { span class={ "gh-status " (class) } { (icon(shown)) (word) } }
}

#[cfg(test)]
mod tests {
    use greenhouse_core::store::{LogSubject, PushStep};

    use super::*;

    #[test]
    fn every_value_has_a_word() {
        let texts = &ActivityTexts::ENGLISH;
        for own in PushStep::ALL {
            let name = serde_json::to_value(own).unwrap();
            let name = name.as_str().unwrap();
            assert_ne!(step(texts, name), name);
        }
        for own in [
            LogSubject::Push,
            LogSubject::ReportLink,
            LogSubject::StatusField,
            LogSubject::Problem,
            LogSubject::Backfill,
        ] {
            assert_ne!(subject(texts, own.as_str()), own.as_str());
        }
        let unknown = status(texts, "<b>").into_string();
        assert!(unknown.contains("&lt;b&gt;"), "{unknown}");
    }
}
