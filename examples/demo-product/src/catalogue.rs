//! The product's scenarios and jobs.

use greenhouse_core::{
    AccountId, ProductJobId, ScenarioId,
    platform::{ProductJob, Scenario},
};

use crate::{DemoProduct, error::ProductError};

impl DemoProduct {
    /// Adds a scenario to an account, or renames the existing scenario with this id.
    ///
    /// # Errors
    ///
    /// [`ProductError::Database`] if the database cannot be written.
    pub async fn add_scenario(
        &self,
        account: &AccountId,
        scenario: &Scenario,
    ) -> Result<(), ProductError> {
        self.put(PUT_SCENARIO, account, scenario.id.as_str(), &scenario.name)
            .await
    }

    /// Adds a job to an account, or renames the existing job with this id.
    ///
    /// # Errors
    ///
    /// [`ProductError::Database`] if the database cannot be written.
    pub async fn add_job(&self, account: &AccountId, job: &ProductJob) -> Result<(), ProductError> {
        self.put(PUT_JOB, account, job.id.as_str(), &job.name).await
    }

    pub(crate) async fn all_scenarios(
        &self,
        account: &AccountId,
    ) -> Result<Vec<Scenario>, ProductError> {
        let rows = self.list(SCENARIOS, account).await?;
        let scenario = |(id, name): (String, String)| Scenario {
            id: ScenarioId::new(id),
            name,
        };
        Ok(rows.into_iter().map(scenario).collect())
    }

    /// Lists the jobs of an account, or its scenarios if it has no jobs.
    pub(crate) async fn jobs_or_scenarios(
        &self,
        account: &AccountId,
    ) -> Result<Vec<ProductJob>, ProductError> {
        let mut rows = self.list(JOBS, account).await?;
        if rows.is_empty() {
            rows = self.list(SCENARIOS, account).await?;
        }
        let job = |(id, name): (String, String)| ProductJob {
            id: ProductJobId::new(id),
            name,
        };
        Ok(rows.into_iter().map(job).collect())
    }

    async fn put(
        &self,
        put: &'static str,
        account: &AccountId,
        id: &str,
        name: &str,
    ) -> Result<(), ProductError> {
        sqlx::query(put)
            .bind(account.as_str())
            .bind(id)
            .bind(name)
            .execute(&self.database)
            .await?;
        Ok(())
    }

    async fn list(
        &self,
        query: &'static str,
        account: &AccountId,
    ) -> Result<Vec<(String, String)>, ProductError> {
        let rows = sqlx::query_as(query)
            .bind(account.as_str())
            .fetch_all(&self.database)
            .await?;
        Ok(rows)
    }
}

const PUT_SCENARIO: &str = "INSERT INTO scenarios (account, id, name) VALUES ($1, $2, $3) \
    ON CONFLICT (account, id) DO UPDATE SET name = excluded.name";
const PUT_JOB: &str = "INSERT INTO jobs (account, id, name) VALUES ($1, $2, $3) \
    ON CONFLICT (account, id) DO UPDATE SET name = excluded.name";
const SCENARIOS: &str = "SELECT id, name FROM scenarios WHERE account = $1 ORDER BY number";
const JOBS: &str = "SELECT id, name FROM jobs WHERE account = $1 ORDER BY number";
