//! Contact data and résumés of candidates.

use bytes::Bytes;
use greenhouse_core::{
    AccountId, AssessmentId,
    platform::{CandidateProfile, ResumeFile},
};
use url::Url;

use crate::{DemoProduct, candidates::find, error::ProductError, rows::invalid_row};

impl DemoProduct {
    /// Replaces the contact data and the résumé of an assessment's candidate.
    ///
    /// # Errors
    ///
    /// [`ProductError::NotFound`] if the assessment does not exist.
    pub async fn set_profile(
        &self,
        account: &AccountId,
        assessment: &AssessmentId,
        profile: &CandidateProfile,
    ) -> Result<(), ProductError> {
        let mut transaction = self.begin().await?;
        let number = find(&mut transaction, account, assessment).await?.number();
        let text = |value: &Vec<String>| serde_json::to_string(value).map_err(invalid_row);
        let links = profile.links.iter().map(Url::to_string).collect();
        let resume = profile.resume.as_ref();
        sqlx::query(PUT)
            .bind(number)
            .bind(text(&profile.phone_numbers)?)
            .bind(text(&links)?)
            .bind(resume.map(|resume| &resume.extension))
            .bind(resume.map(|resume| resume.content.as_ref()))
            .execute(&mut *transaction)
            .await?;
        transaction.commit().await?;
        Ok(())
    }

    pub(crate) async fn profile_of(
        &self,
        account: &AccountId,
        assessment: &AssessmentId,
    ) -> Result<CandidateProfile, ProductError> {
        let mut connection = self.database.acquire().await?;
        let number = find(&mut connection, account, assessment).await?.number();
        let row: Option<ProfileRow> = sqlx::query_as(GET)
            .bind(number)
            .fetch_optional(&mut *connection)
            .await?;
        let mut profile = CandidateProfile::default();
        if let Some((phone_numbers, links, extension, resume)) = row {
            profile.phone_numbers = serde_json::from_str(&phone_numbers).map_err(invalid_row)?;
            profile.links = serde_json::from_str(&links).map_err(invalid_row)?;
            let resume = extension.zip(resume);
            profile.resume =
                resume.map(|(extension, content)| ResumeFile::new(extension, Bytes::from(content)));
        }
        Ok(profile)
    }
}

/// Phone numbers and links as JSON, and the extension and content of the résumé.
type ProfileRow = (String, String, Option<String>, Option<Vec<u8>>);

const PUT: &str = "INSERT OR REPLACE INTO profiles \
    (assessment, phone_numbers, links, extension, resume) VALUES ($1, $2, $3, $4, $5)";
const GET: &str =
    "SELECT phone_numbers, links, extension, resume FROM profiles WHERE assessment = $1";
