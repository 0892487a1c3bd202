use maud::{Markup, html};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::json;

use super::{Section, View, show};
use crate::{
    api::{ApiError, Problem},
    draft::Draft,
    pages::{Answer, settings::Saved},
    parts::{Field, problem_summary, text_input},
    request::ConsoleRequest,
};

/// Revokes all links to the report of the assessment in the form.
pub(super) async fn revoke(request: &ConsoleRequest<'_>) -> Result<Answer, ApiError> {
    let texts = &request.texts().assessments;
    let refused = |code: &str, message: &str, remedy: Option<&str>| {
        let problem = Problem {
            member: ASSESSMENT.to_owned(),
            code: code.to_owned(),
            message: message.to_owned(),
            remedy: remedy.map(str::to_owned),
            scope: None,
        };
        Saved::Refused(Draft::refused(&request.form, vec![problem]))
    };
    let Some(assessment) = request.form.filled(ASSESSMENT) else {
        let refused = refused("missing", texts.links_missing, None);
        return show(request, Some((Section::ReportLinks, refused))).await;
    };
    let assessment = utf8_percent_encode(assessment, NON_ALPHANUMERIC);
    let path = format!("report-links/{assessment}/revoke");
    let refused = match request.api.post::<()>(&path, &json!({})).await {
        Ok(()) => {
            return Ok(Answer::Redirect(
                request.link(&Section::ReportLinks.saved()),
            ));
        }
        Err(error) if error.code == "not_found" => {
            let remedy = Some(texts.links_unknown_remedy);
            refused("product_not_found", texts.links_unknown, remedy)
        }
        Err(error) => Saved::refused(&request.form, error)?,
    };
    show(request, Some((Section::ReportLinks, refused))).await
}

/// Text of the notice after links were revoked.
pub(super) fn revoked(request: &ConsoleRequest<'_>) -> Markup {
    let texts = &request.texts().assessments;
    html! {
        p { (texts.links_revoked) }
        p { a href=(request.link("activity")) { (texts.open_activity) } }
    }
}

pub(super) fn markup(view: &View<'_>) -> Markup {
    let request = view.request;
    let texts = &request.texts().assessments;
    let draft = view.draft(Section::ReportLinks);
    let field = Field {
        name: ASSESSMENT,
        label: texts.links_assessment,
        hint: texts.links_assessment_hint,
    };
    html! {
        p { (texts.links_lead) }
        form method="post" action=(request.link("assessments/report-links")) data-partial {
            (problem_summary(request, draft, &[ASSESSMENT]))
            (text_input(request, draft, field, "text", ""))
            details.gh-confirm open[draft.has_problems()] {
                summary.gh-button.gh-danger { (texts.links_revoke) }
                p { (texts.links_text) }
                button.gh-button.gh-danger type="submit" { (texts.links_revoke) }
            }
        }
    }
}

const ASSESSMENT: &str = "assessment";
