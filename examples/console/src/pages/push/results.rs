//! Section "Results": what happens with the results of tests that Greenhouse sent.

use maud::{Markup, html};
use serde_json::Value;

use super::section::Sections;
use crate::{
    draft::Draft,
    form::Form,
    parts::{Field, checkbox, problem_summary, save_bar},
};

pub(super) fn markup(sections: &Sections<'_>, draft: &Draft<'_>) -> Markup {
    let (request, settings) = (sections.request, &sections.settings);
    let texts = &request.texts().results;
    let invited = Field {
        name: INVITED,
        label: texts.invited,
        hint: texts.invited_hint,
    };
    html! {
        p.gh-lead { (texts.lead) }
        form.gh-form method="post" action=(request.link("push/results#results")) data-guard data-partial {
            (sections.version_field())
            (problem_summary(request, draft, &[INVITED]))
            (checkbox(request, draft, invited, settings[INVITED] == true))
            (save_bar(request))
        }
    }
}

/// Writes the members of this section from its form.
pub(super) fn change(form: &Form, settings: &mut Value) {
    settings[INVITED] = form.is_checked(INVITED).into();
}

const INVITED: &str = "invited_results";
