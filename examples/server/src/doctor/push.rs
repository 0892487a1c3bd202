//! Checks of an account's push settings against Greenhouse.

use std::sync::Arc;

use greenhouse_core::{
    AccountId,
    platform::{ProductJob, Scenario},
    settings::PushSettings,
    within,
};
use greenhouse_harvest::PushDiagnosis;

use super::{DATABASE_DEADLINE, Finding, health::from_health, services::Services, settings, texts};
use crate::settings::SettingsOf;

/// Adds the findings of the push diagnosis.
pub(super) async fn check(
    services: &Services,
    account: &AccountId,
    push: &PushSettings,
    findings: &mut Vec<Finding>,
) {
    let jobs = match product_jobs(services, account).await {
        Ok(jobs) => jobs,
        Err(finding) => {
            findings.push(finding.at(account));
            None
        }
    };
    let access = services
        .clients
        .access_to_check(account, Arc::new(push.clone()));
    let mut diagnosis = PushDiagnosis::of(&access, jobs.as_deref()).await;
    if let Some(scenarios) = scenarios(services, account, push).await {
        diagnosis.add_scenarios(&scenarios, push);
    }
    for found in diagnosis.findings {
        if found.problems.is_empty() {
            findings.push(from_health(account, found.check));
        }
        let problems = found.problems.into_iter();
        findings
            .extend(problems.map(|problem| settings::finding(account, SettingsOf::Push, problem)));
    }
    if let Some(error) = diagnosis.failure {
        findings.push(texts::push_unverified(&error, error.remedy()).at(account));
    }
}

/// Returns the product's tests. `None` if no stage has a test, or if the product does not list
/// them, which has its own finding.
async fn scenarios(
    services: &Services,
    account: &AccountId,
    push: &PushSettings,
) -> Option<Vec<Scenario>> {
    if !services.has_product || push.stage_tests.is_empty() {
        return None;
    }
    let scenarios = services.platform.scenarios(account);
    let scenarios = within(&*services.clock, DATABASE_DEADLINE, scenarios).await;
    scenarios?.ok()
}

/// Returns the product's jobs, or `None` if its database file is missing, which has its own
/// finding.
async fn product_jobs(
    services: &Services,
    account: &AccountId,
) -> Result<Option<Vec<ProductJob>>, Finding> {
    if !services.has_product {
        return Ok(None);
    }
    let jobs = services.platform.jobs(account);
    let jobs = within(&*services.clock, DATABASE_DEADLINE, jobs).await;
    jobs.and_then(Result::ok)
        .map(Some)
        .ok_or_else(texts::product)
}
