//! Checks of the tests by stage that need the product and the account. Their stages are checked
//! with the jobs.

use greenhouse_core::{
    AccountId,
    platform::{PlatformError, Scenario},
    settings::PushSettings,
    store::StoreError,
};

use super::{PushDiagnosis, PushFinding};
use crate::push::{
    engine::Engine,
    texts::{diagnosis as texts, settings as problems, webhooks},
};

/// Reason why the checks could not run.
pub(in crate::push) enum Unchecked {
    Product(PlatformError),
    Store(StoreError),
}

impl PushDiagnosis {
    /// Adds the findings about webhooks and the product's tests, if stages have tests.
    pub(in crate::push) async fn add_stage_tests(
        &mut self,
        engine: &Engine,
        account: &AccountId,
        settings: &PushSettings,
    ) -> Result<(), Unchecked> {
        if settings.stage_tests.is_empty() {
            return Ok(());
        }
        let scenarios = engine.scenarios(account).await;
        self.add_scenarios(&scenarios.map_err(Unchecked::Product)?, settings);
        let syncs = engine.clients.syncs(account).await;
        if !syncs.map_err(Unchecked::Store)? {
            let problem = webhooks::webhooks_off();
            self.add(PushFinding::problem("stage_test_webhooks", problem));
        }
        Ok(())
    }

    /// Adds the finding about the product's tests, if stages have tests. Each unknown test is a
    /// problem of `stage_tests[{place}].scenario`, with the code `scenario_unknown`.
    pub fn add_scenarios(&mut self, scenarios: &[Scenario], settings: &PushSettings) {
        let tests = settings.stage_tests.iter().enumerate();
        let unknown = tests.filter(|(_, test)| {
            let mut known = scenarios.iter();
            !known.any(|scenario| scenario.id == test.scenario)
        });
        let found = unknown.map(|(place, test)| {
            let member = format!("stage_tests[{place}].scenario");
            problems::scenario_unknown(member, test.scenario.as_str())
        });
        let found = found.collect();
        let valid = (!settings.stage_tests.is_empty()).then(texts::stage_test_scenarios_exist);
        self.add(PushFinding::of("stage_test_scenarios", valid, found));
    }
}
