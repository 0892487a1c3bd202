use bytes::Bytes;
use http::{Response, StatusCode};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{OperatorRequest, settings_answer};
use crate::{
    answer,
    scorecard::{MixedOverall, Range, Thresholds},
    settings::read_form,
};

/// Thresholds to preview.
#[derive(Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(super) struct PreviewForm {
    /// Lower bounds of the recommendations.
    thresholds: Thresholds,
    /// Overall rating to send for a mixed result.
    #[serde(default)]
    mixed_overall: MixedOverall,
}

/// Score ranges of thresholds.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub(super) struct Preview {
    /// The ranges, best first.
    ranges: Vec<RangeView>,
}

/// Score range of one recommendation.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "openapi", schemars(rename = "ScoreRange"))]
struct RangeView {
    /// Recommendation, such as `definitely_yes`.
    recommendation: &'static str,
    /// Label of the recommendation, such as `Strong Yes`.
    label: &'static str,
    /// The range, such as `60 to below 80`.
    range: String,
    /// Overall rating that Greenhouse receives.
    overall: &'static str,
    /// Rating of an attribute that Greenhouse receives.
    attribute_rating: &'static str,
}

impl RangeView {
    fn new(range: &Range, mixed_overall: MixedOverall) -> Self {
        Self {
            recommendation: range.recommendation.as_str(),
            label: range.recommendation.label(),
            range: range.to_string(),
            overall: range.recommendation.overall(mixed_overall),
            attribute_rating: range.recommendation.attribute_rating(),
        }
    }
}

/// `POST preview`: score ranges of thresholds, for the preview on a settings page.
///
/// Request: `{"thresholds": {"strong_yes", "yes", "mixed", "no"}, "mixed_overall"}`; the last
/// member is optional. Response: `{"ranges": [{"recommendation", "label", "range", "overall",
/// "attribute_rating"}]}`, best first. An error contains the `member`, as in the settings.
pub(super) fn preview(request: &OperatorRequest) -> Response<Bytes> {
    let form = match request.json::<Value>() {
        Ok(form) => form,
        Err(message) => {
            return answer::problem(StatusCode::UNPROCESSABLE_ENTITY, "bad_body", message);
        }
    };
    match read_form::<PreviewForm>(form) {
        Ok(form) => {
            let ranges = form.thresholds.ranges();
            let ranges = ranges.iter();
            let ranges = ranges.map(|range| RangeView::new(range, form.mixed_overall));
            let ranges = ranges.collect();
            answer::json(StatusCode::OK, &Preview { ranges })
        }
        Err(error) => settings_answer(&Err(error.into())),
    }
}
