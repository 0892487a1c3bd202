//! Assessments to try the integration with.

use chrono::{DateTime, Utc};
use greenhouse_core::{
    AccountId, AssessmentId, ProductJobId, ScenarioId,
    platform::{Person, ProductJob, Scenario},
    scorecard::Score,
};

use crate::{DemoProduct, error::ProductError};

impl DemoProduct {
    /// Adds a scenario, a job and three assessments that were completed at the time `at`. Returns
    /// the assessments, worst first.
    ///
    /// # Errors
    ///
    /// [`ProductError::Database`] if the database cannot be written.
    pub async fn add_samples(
        &self,
        account: &AccountId,
        at: DateTime<Utc>,
    ) -> Result<Vec<AssessmentId>, ProductError> {
        let (scenario, job) = (ScenarioId::new(SCENARIO), ProductJobId::new(JOB));
        let (id, name) = (scenario.clone(), "Discovery call".to_owned());
        self.add_scenario(account, &Scenario { id, name }).await?;
        let (id, name) = (job.clone(), "Account Executive".to_owned());
        self.add_job(account, &ProductJob { id, name }).await?;
        let mut added = Vec::new();
        for (first, last, score) in SAMPLES {
            let person = Person {
                first_name: first.to_owned(),
                last_name: last.to_owned(),
                email: Some(format!("{}@example.org", first.to_lowercase())),
            };
            let assessment = self.take(account, &scenario, Some(&job), &person).await?;
            let score = Score::new(score).map_err(|_| ProductError::Unreadable)?;
            self.complete(account, &assessment, score, &[], None, at)
                .await?;
            added.push(assessment);
        }
        Ok(added)
    }
}

pub(crate) const SCENARIO: &str = "discovery-call";
pub(crate) const JOB: &str = "account-executive";
const SAMPLES: [(&str, &str, f64); 3] = [
    ("Tess", "Moreau", 41.0),
    ("Noor", "Haddad", 64.5),
    ("Jonas", "Lindqvist", 88.0),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_samples_are_completed() {
        let folder = tempfile::tempdir().unwrap();
        let base = "https://assess.example.com".parse().unwrap();
        let file = folder.path().join("product.sqlite");
        let product = DemoProduct::open(file, base).await.unwrap();
        let account = AccountId::new("acme");
        let at = DateTime::from_timestamp(1_790_000_000, 0).unwrap();
        let added = product.add_samples(&account, at).await.unwrap();
        let mut stored = product.assessments(&account).await.unwrap();
        stored.reverse();
        let ids: Vec<_> = stored.iter().map(|one| one.id.clone()).collect();
        assert_eq!(ids, added);
        assert!(stored.iter().all(|one| one.completed_at == Some(at)));
        assert!(stored.is_sorted_by_key(|one| one.score.map(Score::value)));
    }
}
