//! Health checks of an account's push, from its diagnosis and its backlog.

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
    let mut checks = backlog::checks(engine, account).await;
    let product_jobs = match engine.product_jobs(account).await {
        Ok(jobs) => Some(jobs),
        Err(error) => {
            checks.push(texts::product_failed(&error.to_string()));
            None
        }
    };
    let diagnosis = PushDiagnosis::of(&access, product_jobs.as_deref()).await;
    checks.extend(diagnosis.into_checks());
    checks
}
