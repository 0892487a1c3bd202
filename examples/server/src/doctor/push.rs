//! The diagnosis of an account's push, as findings.

use std::sync::Arc;

use greenhouse_core::{AccountId, platform::ProductJob, settings::PushSettings, within};
use greenhouse_harvest::PushDiagnosis;

use super::{Finding, PATIENCE, about, health::of_health, services::Services, settings};
use crate::settings::SettingsOf;

pub(super) async fn look(
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
    let diagnosis = PushDiagnosis::of(&access, jobs.as_deref()).await;
    for found in diagnosis.findings {
        if found.problems.is_empty() {
            findings.push(of_health(account, found.check));
        }
        let problems = found.problems.into_iter();
        findings
            .extend(problems.map(|problem| settings::finding(account, SettingsOf::Push, problem)));
    }
    if let Some(error) = diagnosis.failure {
        let text = format!("Greenhouse could not be asked: {error}.");
        let finding = Finding::problem(about::PUSH_UNVERIFIED, text, error.remedy());
        findings.push(finding.at(account));
    }
}

/// The jobs of the product; none where its file is not there, which has a finding of its own.
async fn product_jobs(
    services: &Services,
    account: &AccountId,
) -> Result<Option<Vec<ProductJob>>, Finding> {
    if !services.has_product {
        return Ok(None);
    }
    let asked = services.platform.jobs(account);
    let answered = within(&*services.clock, PATIENCE, asked).await;
    answered.and_then(Result::ok).map(Some).ok_or_else(|| {
        Finding::problem(
            about::PRODUCT,
            "The product could not be asked for its jobs.",
            "Look at product_database (GREENHOUSE_PRODUCT_DATABASE): that it is the file of the product, that this user may \
             read it, and that no other program holds it.",
        )
    })
}
