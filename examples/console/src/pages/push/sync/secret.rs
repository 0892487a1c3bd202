use maud::{Markup, html};
use serde_json::{Value, json};

use super::View;
use crate::{
    draft::Draft,
    parts::{Confirm, Field, checkbox, confirm, text_input},
};

/// Makes a secret the current one. With `keeps`, the previous one is accepted too.
pub(super) fn rotate(settings: &mut Value, new: &str, keeps: bool) {
    settings["secrets"] = match keeps {
        true => json!([new, { "kept": 0 }]),
        false => json!([new]),
    };
}

/// Number of accepted secrets, and the forms that change them.
pub(super) fn markup(view: &View<'_>) -> Markup {
    let request = view.request;
    let texts = &request.texts().sync;
    let secrets = view.stored.settings["secrets"].as_array();
    let accepted = secrets.map_or(0, Vec::len);
    html! {
        h3 { (texts.secret) }
        p { (texts.secret_lead) }
        p data-accepted=(accepted) { (texts.accepted.of(accepted as u64)) }
        @if accepted > 1 {
            (confirm(Confirm {
                action: texts.stop_previous,
                label: texts.stop_previous,
                text: texts.stop_previous_text,
                address: &view.action("stop-previous"),
            }, &view.version_field()))
        }
        form method="post" action=(view.action("generate")) data-partial {
            (view.version_field())
            (keep(view, KEEP_BESIDE_GENERATED))
            button.gh-button type="submit" { (texts.generate) }
        }
        details.gh-more open[view.draft.problems_of(ENTERED).next().is_some()] {
            summary { (texts.own_secret) }
            form method="post" action=(view.action("secret"))
                data-guard=(view.draft.guard_of(ENTERED)) data-partial {
                (view.version_field())
                (text_input(request, view.draft, Field {
                    name: ENTERED,
                    label: texts.own_secret_label,
                    hint: texts.own_secret_hint,
                }, "password", ""))
                (keep(view, KEEP_BESIDE_ENTERED))
                button.gh-button type="submit" { (texts.save_secret) }
            }
        }
    }
}

/// The switch that keeps the previous secret. It is on unless the user switched it off.
fn keep(view: &View<'_>, name: &str) -> Markup {
    let texts = &view.request.texts().sync;
    let field = Field {
        name,
        label: texts.keep,
        hint: texts.keep_hint,
    };
    let untouched = Draft::default();
    let is_own = name == KEEP_BESIDE_ENTERED && view.is_draft_of(ENTERED);
    let draft = if is_own { view.draft } else { &untouched };
    checkbox(view.request, draft, field, true)
}

/// Input for a secret of the user's own.
pub(super) const ENTERED: &str = "secrets";
/// Switches that keep the previous secret, one in each form.
pub(super) const KEEP_BESIDE_GENERATED: &str = "keep_beside_generated";
pub(super) const KEEP_BESIDE_ENTERED: &str = "keep_beside_entered";
