//! `GET /api/greenhouse/list-tests`
//!
//! What an account's candidates can take. [Greenhouse's page](https://developers.greenhouse.io/assessment.html); both
//! members are documented. Greenhouse keeps the ids in hiring plans, so they must stay the same for good (reported).

use greenhouse_core::{AccountId, ScenarioId};
use serde::Serialize;

use super::Assessments;
use crate::PartnerError;

/// A test, as Greenhouse lists it.
#[derive(Debug, Serialize)]
pub(crate) struct PartnerTest {
    partner_test_id: ScenarioId,
    /// The name that recruiters see.
    partner_test_name: String,
}

impl Assessments {
    /// Returns the account's scenarios, in the product's order.
    ///
    /// # Errors
    ///
    /// [`PartnerError::Product`] if the product does not answer.
    pub(crate) async fn list_tests(
        &self,
        account: &AccountId,
    ) -> Result<Vec<PartnerTest>, PartnerError> {
        let scenarios = self.product.ask(|product| product.scenarios(account)).await;
        let scenarios = scenarios.map_err(PartnerError::of_product)?;
        let tests = scenarios.into_iter().map(|scenario| PartnerTest {
            partner_test_id: scenario.id,
            partner_test_name: scenario.name,
        });
        Ok(tests.collect())
    }
}
