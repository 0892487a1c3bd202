//! What a score leads to: the recommendation, the ratings in Greenhouse and the text of the note.

use greenhouse_core::scorecard::{
    NoteContext, Recommendation, Score, ScoreError, Scorecard, Thresholds, TraitScore,
};
use http::StatusCode;
use maud::{Markup, html};
use serde_json::{Value, json};

use super::{
    bar::{self, SCORE},
    bounds,
    problems::{readable, reason},
    stored,
};
use crate::{
    api::{ApiError, Preview, PreviewRange, Problem},
    draft::Draft,
    parts::{Field, text_input},
    request::ConsoleRequest,
    texts::{ScorecardTexts, fill},
};

/// A preview that can be shown.
pub(super) struct Shown {
    score: Score,
    thresholds: Thresholds,
    ranges: Vec<PreviewRange>,
    is_note: bool,
}

impl Shown {
    /// Computes the preview of what was typed, or else of what is stored.
    ///
    /// # Errors
    ///
    /// The error of the endpoint, with problems if the bounds or the score are invalid.
    pub(super) async fn read(
        request: &ConsoleRequest<'_>,
        draft: &Draft<'_>,
        settings: &Value,
    ) -> Result<Self, ApiError> {
        let typed = draft.form().map(bounds::of_form);
        let thresholds = typed.unwrap_or_else(|| settings["thresholds"].clone());
        let mixed = draft.text(MIXED, stored(settings, MIXED));
        let form = draft.text(FORM, stored(settings, FORM));
        let body = json!({ "thresholds": thresholds, "mixed_overall": mixed });
        let preview = request.api.post::<Preview>("preview", &body).await;
        let score = typed_score(draft);
        let (preview, score) = match (preview, score) {
            (Ok(preview), Ok(score)) => (preview, score),
            (Err(error), Ok(_)) => return Err(error),
            (Ok(_), Err(error)) => return Err(invalid_score(&error, Vec::new())),
            (Err(bounds), Err(error)) => return Err(invalid_score(&error, bounds.problems)),
        };
        Ok(Self {
            score,
            // The endpoint has accepted what was typed.
            thresholds: bounds::shown(draft, settings),
            ranges: preview.ranges,
            is_note: form == "note",
        })
    }

    fn recommendation(&self) -> Recommendation {
        self.thresholds.recommend(self.score)
    }

    /// Text of the note for an example assessment with this score.
    fn note(&self, texts: &ScorecardTexts) -> String {
        let second = Score::new((self.score.value() - SECOND_TRAIT_BELOW).max(0.0));
        let second = second.unwrap_or(Score::MIN);
        let traits = vec![
            TraitScore::new(texts.example_trait, self.score).with_note(texts.example_trait_note),
            TraitScore::new(texts.example_second_trait, second)
                .with_note(texts.example_second_trait_note),
        ];
        let summary = Some(texts.example_summary.to_owned());
        let scorecard = Scorecard::new(self.score, traits, summary, &self.thresholds);
        let context = NoteContext::new(texts.example_scenario, EXAMPLE_MARKER);
        scorecard.render_note(&context.with_report_link(texts.example_link))
    }
}

/// The score to preview.
fn typed_score(draft: &Draft<'_>) -> Result<Score, ScoreError> {
    draft.text(SCORE, EXAMPLE_SCORE).parse()
}

/// Error for a score that is not one, after the problems of other fields.
fn invalid_score(error: &ScoreError, mut problems: Vec<Problem>) -> ApiError {
    let (code, message) = ("bad_body".to_owned(), error.to_string());
    problems.push(Problem {
        member: SCORE.to_owned(),
        code: code.clone(),
        message: message.clone(),
        remedy: None,
        scope: None,
    });
    ApiError {
        status: StatusCode::UNPROCESSABLE_ENTITY,
        code,
        message,
        remedy: None,
        problems,
    }
}

/// The preview with its field for the score and its button.
pub(super) fn markup(
    request: &ConsoleRequest<'_>,
    draft: &Draft<'_>,
    shown: &Result<Shown, ApiError>,
) -> Markup {
    let texts = &request.texts().scorecard;
    let score = Field {
        name: SCORE,
        label: texts.score,
        hint: texts.score_hint,
    };
    html! {
        div.gh-preview {
            h3 { (texts.preview) }
            (text_input(request, draft, score, "number", EXAMPLE_SCORE))
            (bar::marker(request, typed_score(draft).unwrap_or(Score::MIN)))
            button.gh-button #gh-preview-button type="submit"
                formaction=(request.link("push/scorecard/preview?page=1#scorecard")) {
                (texts.preview_button)
            }
            div.gh-preview-content data-preview-into aria-live="polite" {
                (content(request, shown))
            }
        }
    }
}

/// The part of the preview that the script replaces.
pub(super) fn content(request: &ConsoleRequest<'_>, shown: &Result<Shown, ApiError>) -> Markup {
    let texts = &request.texts().scorecard;
    match shown {
        Ok(shown) => result(texts, shown),
        Err(error) if error.problems.is_empty() => html! {
            p { (reason(error)) }
        },
        Err(error) => html! {
            p { (texts.no_preview) }
            ul.gh-preview-problems {
                @for problem in &error.problems {
                    li { (readable(problem).message) }
                }
            }
        },
    }
}

fn result(texts: &ScorecardTexts, shown: &Shown) -> Markup {
    let recommendation = shown.recommendation();
    let is_current = |range: &PreviewRange| range.recommendation == recommendation.as_str();
    let current = shown.ranges.iter().find(|range| is_current(range));
    let (score, label) = (shown.score.to_string(), recommendation.label());
    let values = [("score", score.as_str()), ("recommendation", label)];
    html! {
        p.gh-recommended { strong { (fill(texts.recommended, &values)) } }
        div aria-live="off" {
            h4 { (texts.sent) }
            @if shown.is_note {
                p { (texts.only_note) }
            } @else if let Some(range) = current {
                dl.gh-sent {
                    div { dt { (texts.sent_overall) } dd { code { (range.overall) } } }
                    div { dt { (texts.sent_attribute) } dd { code { (range.attribute_rating) } } }
                }
            }
            table.gh-ranges {
                caption { (texts.ranges) }
                thead {
                    tr {
                        th scope="col" { (texts.column_recommendation) }
                        th scope="col" { (texts.column_range) }
                        th scope="col" { (texts.column_overall) }
                        th scope="col" { (texts.column_attribute) }
                    }
                }
                tbody {
                    @for range in &shown.ranges {
                        tr.gh-current[is_current(range)]
                            aria-current=[is_current(range).then_some("true")] {
                            th scope="row" {
                                span class={ "gh-swatch gh-" (range.recommendation) } {} " "
                                (range.label)
                                @if is_current(range) { " (" (texts.this_score) ")" }
                            }
                            td { (range.range) }
                            td { code { (range.overall) } }
                            td { code { (range.attribute_rating) } }
                        }
                    }
                }
            }
            h4 { (texts.note) }
            pre.gh-note { (shown.note(texts)) }
        }
    }
}

const MIXED: &str = "mixed_overall";
const FORM: &str = "scorecard";
const EXAMPLE_SCORE: &str = "72.5";
const EXAMPLE_MARKER: &str = "example";
/// How far the second example trait is below the score.
const SECOND_TRAIT_BELOW: f64 = 25.0;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_note_is_that_of_a_push() {
        let shown = Shown {
            score: Score::new(79.5).unwrap(),
            thresholds: Thresholds::new(90.0, 70.0, 60.0, 10.0).unwrap(),
            ranges: Vec::new(),
            is_note: false,
        };
        let note = shown.note(&ScorecardTexts::ENGLISH);
        for line in [
            "Overall: Yes (79.5 of 100)",
            "- Discovery: Yes (79.5)",
            "- Objection handling: No (54.5)",
            "Full report: https://example.com/report",
            "[ref example]",
        ] {
            assert!(note.lines().any(|own| own == line), "{line}: {note}");
        }
    }
}
