//! The health of an account's push: the view of its diagnosis, and its backlog.

use greenhouse_core::{AccountId, health::Check};

use super::{super::engine::Engine, PushDiagnosis, backlog};

/// Checks that need the store alone.
pub(in crate::push) async fn checks_of_store(engine: &Engine, account: &AccountId) -> Vec<Check> {
    match engine.clients.access(account).await {
        Ok(Some(_)) => backlog::checks(engine, account).await,
        Ok(None) => vec![switched_off()],
        Err(error) => vec![backlog::store_failed(&error)],
    }
}

/// All checks, including those that call Greenhouse.
pub(in crate::push) async fn checks(engine: &Engine, account: &AccountId) -> Vec<Check> {
    let access = match engine.clients.access(account).await {
        Ok(Some(access)) => access,
        Ok(None) => return vec![switched_off()],
        Err(error) => return vec![backlog::store_failed(&error)],
    };
    let mut checks = backlog::checks(engine, account).await;
    let product_jobs = match engine.product_jobs(account).await {
        Ok(jobs) => Some(jobs),
        Err(error) => {
            let text = format!("The product could not be asked for its jobs: {error}.");
            checks.push(Check::warning(
                "product",
                text,
                "Check that the product answers.",
            ));
            None
        }
    };
    let diagnosis = PushDiagnosis::of(&access, product_jobs.as_deref()).await;
    checks.extend(diagnosis.into_checks());
    checks
}

fn switched_off() -> Check {
    Check::ok("push", "The push is switched off.")
}
