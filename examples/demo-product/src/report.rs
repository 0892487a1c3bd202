//! Report on a completed assessment, for recruiters. The report contains the scenario and the
//! result, but not the candidate's name or email address.

mod page;
mod pdf;

use greenhouse_core::platform::Assessment;

use crate::{DemoProduct, error::ProductError, rows::AssessmentRow};

pub(crate) use self::pdf::pdf;

impl DemoProduct {
    /// Renders a report as an HTML page. `token` is the last path segment of the
    /// [`report_url`](greenhouse_core::platform::AssessmentPlatform::report_url). Returns `None` if
    /// no completed assessment has this token.
    ///
    /// # Errors
    ///
    /// [`ProductError::Database`] or [`ProductError::Unreadable`] if the assessment cannot be read.
    pub async fn report_page(&self, token: &str) -> Result<Option<String>, ProductError> {
        let row: Option<AssessmentRow> = sqlx::query_as(BY_TOKEN)
            .bind(token)
            .fetch_optional(&self.database)
            .await?;
        let assessment = row.map(AssessmentRow::into_assessment).transpose()?;
        Ok(assessment.as_ref().map(page::page))
    }
}

/// Formats the score, for example `72.5 of 100`. Empty if there is no score.
fn score_line(assessment: &Assessment) -> String {
    assessment
        .score
        .map_or_else(String::new, |score| format!("{score} of 100"))
}

/// Formats the UTC date of completion, for example `2026-11-23`. Empty if there is no date.
fn date_line(assessment: &Assessment) -> String {
    assessment
        .completed_at
        .map_or_else(String::new, |at| at.format("%Y-%m-%d").to_string())
}

const BY_TOKEN: &str = "SELECT a.*, s.name AS scenario_name FROM assessments AS a \
    JOIN scenarios AS s ON s.account = a.account AND s.id = a.scenario \
    WHERE a.token = $1 AND a.state = 'completed'";
