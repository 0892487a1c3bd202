//! `GET /api/greenhouse/list-tests`
//!
//! Lists the tests of an account. [Greenhouse's
//! page](https://developers.greenhouse.io/assessment.html) documents both members of a test.
//! Greenhouse stores the ids in hiring plans, so they must never change (reported).

use greenhouse_core::{AccountId, ScenarioId};
use serde::Serialize;

use super::Assessments;
use crate::PartnerError;

/// Test in Greenhouse's format.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub(crate) struct PartnerTest {
    /// Id of the test. It never changes.
    partner_test_id: ScenarioId,
    /// Name that recruiters see.
    partner_test_name: String,
}

impl Assessments {
    /// Returns the account's scenarios, in the product's order.
    ///
    /// # Errors
    ///
    /// [`PartnerError::Product`] if the product does not respond.
    pub(crate) async fn list_tests(
        &self,
        account: &AccountId,
    ) -> Result<Vec<PartnerTest>, PartnerError> {
        let scenarios = self
            .product
            .call(|product| product.scenarios(account))
            .await;
        let scenarios = scenarios.map_err(PartnerError::of_product)?;
        let tests = scenarios.into_iter().map(|scenario| PartnerTest {
            partner_test_id: scenario.id,
            partner_test_name: scenario.name,
        });
        Ok(tests.collect())
    }
}
