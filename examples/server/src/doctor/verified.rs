//! The push of an account, as Greenhouse sees it.

use std::sync::Arc;

use greenhouse_core::{
    AccountId,
    health::Check,
    operator::OperatorPart,
    platform::ProductJob,
    settings::{PushSettings, SettingsProblem},
    within,
};
use greenhouse_harvest::{Error, verify_push_settings};

use super::{
    Finding, PATIENCE, about,
    health::{is_well, of_health},
    services::Services,
    settings,
};
use crate::settings::SettingsOf;

/// What `settings check` says, and what health says besides. `known` are the checks of health that were made already.
pub(super) async fn look(
    services: &Services,
    account: &AccountId,
    push: &PushSettings,
    known: &[String],
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
    let problems = match verify_push_settings(&access, jobs.as_deref()).await {
        Ok(problems) => problems,
        Err(error) => {
            findings.push(unverified(&error).at(account));
            return;
        }
    };
    let told: Vec<&'static str> = problems.iter().filter_map(also_in_health).collect();
    let found = problems.into_iter();
    findings.extend(found.map(|problem| settings::finding(account, SettingsOf::Push, problem)));
    for check in services.push.checks(account).await {
        if !known.contains(&check.name) && (is_well(&check) || !is_told(&check, &told)) {
            findings.push(of_health(account, check));
        }
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

/// The check of health that says the same in other words.
fn also_in_health(problem: &SettingsProblem) -> Option<&'static str> {
    Some(match problem.code {
        "credential_refused" => "harvest_credential",
        "scope_missing" => "harvest_scopes",
        "acting_user_cannot_see" => "harvest_reader",
        "acting_user_unknown" | "acting_user_deactivated" | "acting_user_refused" => "acting_user",
        code if code.starts_with("job_") || code.starts_with("stage_") => "mapped_job",
        _ => return None,
    })
}

/// A credential that does not act as the user who is named is refused as a whole.
fn is_told(check: &Check, told: &[&str]) -> bool {
    let name = check.name.split(':').next().unwrap_or_default();
    told.contains(&name) || (name == "harvest_credential" && told.contains(&"acting_user"))
}

fn unverified(error: &Error) -> Finding {
    let text = format!("Greenhouse could not be asked: {error}.");
    let remedy = match error {
        Error::Auth { problem, .. } => problem.remedy(),
        Error::RateLimited { .. } => {
            "Look again in a minute: the rate limit of the credential is used up, by hosts or by others who share it."
                .to_owned()
        }
        Error::Api { status, .. } if *status < 500 => UNEXPECTED.to_owned(),
        Error::Decode { .. } | Error::Paging { .. } | Error::Construction { .. } => {
            UNEXPECTED.to_owned()
        }
        Error::Store { .. } => "Look at the database: a table of it cannot be read.".to_owned(),
        _ => "See that this host can reach harvest.greenhouse.io and auth.greenhouse.io, and look again.".to_owned(),
    };
    Finding::problem(about::PUSH_UNVERIFIED, text, remedy)
}

const UNEXPECTED: &str =
    "Greenhouse answered in a way that is not known: look again, and report it if it stays so.";
