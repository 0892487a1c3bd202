//! `GET /api/greenhouse/list-tests`
//!
//! What an account's candidates can take. [Greenhouse's page](https://developers.greenhouse.io/assessment.html); both
//! members are documented. Greenhouse keeps the ids in hiring plans, so they must stay the same for good (reported).

use greenhouse_core::{AccountId, ScenarioId};
use serde::Serialize;

use crate::{PartnerError, PartnerService};

/// A test, as Greenhouse lists it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct PartnerTest {
    /// The scenario.
    pub partner_test_id: ScenarioId,
    /// The name that recruiters see.
    pub partner_test_name: String,
}

impl PartnerService {
    /// The account's scenarios, in the product's order.
    ///
    /// # Errors
    ///
    /// [`PartnerError::Product`] where the product does not answer.
    pub async fn list_tests(&self, account: &AccountId) -> Result<Vec<PartnerTest>, PartnerError> {
        let scenarios = self.ask(self.parts.platform.scenarios(account)).await;
        let scenarios = scenarios.map_err(PartnerError::of_product)?;
        let tests = scenarios.into_iter().map(|scenario| PartnerTest {
            partner_test_id: scenario.id,
            partner_test_name: scenario.name,
        });
        Ok(tests.collect())
    }
}
