//! Health checks of an account's push, from its diagnosis and its backlog.

use futures_util::join;
use greenhouse_core::{AccountId, health::Check};

use super::{
    super::{engine::Engine, texts::diagnosis as texts},
    PushDiagnosis, backlog,
};

/// Runs the checks that need only the store.
pub(in crate::push) async fn checks_of_store(engine: &Engine, account: &AccountId) -> Vec<Check> {
    match engine.clients.access(account).await {
        Ok(Some(_)) => backlog::checks(engine, account).await,
        Ok(None) => vec![texts::switched_off()],
        Err(error) => vec![texts::store_failed(&error.to_string())],
    }
}

/// Runs all checks, including those that call Greenhouse.
pub(in crate::push) async fn checks(engine: &Engine, account: &AccountId) -> Vec<Check> {
    let access = match engine.clients.access(account).await {
        Ok(Some(access)) => access,
        Ok(None) => return vec![texts::switched_off()],
        Err(error) => return vec![texts::store_failed(&error.to_string())],
    };
    // The backlog is read while Greenhouse is asked.
    let (mut checks, diagnosed) = join!(backlog::checks(engine, account), async {
        let product_jobs = engine.product_jobs(account).await;
        let known = product_jobs.as_deref().ok();
        let mut diagnosis = PushDiagnosis::of(&access, known).await;
        let settings = &access.settings;
        let mut failed = product_jobs.err();
        if !settings.stage_tests.is_empty() {
            match engine.scenarios(account).await {
                Ok(scenarios) => diagnosis.add_scenarios(&scenarios, settings),
                Err(error) => failed = failed.or(Some(error)),
            }
        }
        (failed, diagnosis)
    });
    let (failed, diagnosis) = diagnosed;
    checks.extend(failed.map(|error| texts::product_failed(&error.to_string())));
    checks.extend(diagnosis.into_checks());
    checks
}
