//! One account: what its directions say of themselves, its settings, and what Greenhouse says.

use std::sync::Arc;

use greenhouse_core::{
    AccountId,
    operator::OperatorPart,
    parking::TaskOperator,
    settings::{AccountSettings, HarvestGrant, PushSettings},
    store::AccountRecord,
};
use greenhouse_partner::SettingsPart;

use super::{Finding, about, health::of_health, services::Services, settings, verified};
use crate::{Program, settings::SettingsOf};

/// What was found until then stays, where this is dropped on the way.
pub(super) async fn look(
    services: &Services,
    account: &AccountId,
    record: &AccountRecord,
    findings: &mut Vec<Finding>,
) {
    findings.push(operator_tokens(record).at(account));
    findings.push(directions(account, &record.settings).at(account));
    let own = &record.settings;
    for (part, of, is_on) in [
        (
            SettingsPart::Assessments,
            SettingsOf::Assessments,
            own.assessments.as_ref().is_some_and(|own| own.enabled),
        ),
        (
            SettingsPart::Sync,
            SettingsOf::Sync,
            own.sync.as_ref().is_some_and(|own| own.enabled),
        ),
    ] {
        if is_on {
            findings.extend(local_settings(services, account, part, of).await);
        }
    }
    let mut checks = services.partner.checks(account).await;
    let tasks = TaskOperator::new(
        Arc::clone(&services.store) as _,
        Arc::clone(&services.clock),
    );
    checks.extend(tasks.checks(account).await);
    findings.extend(checks.into_iter().map(|check| of_health(account, check)));
    if let Some(push) = own.push.as_ref().filter(|push| push.enabled) {
        let checks = services.push.checks_of_store(account).await;
        findings.extend(checks.into_iter().map(|check| of_health(account, check)));
        match connection(services, account, push).await {
            Some(finding) => findings.push(finding.at(account)),
            None => verified::look(services, account, push, findings).await,
        }
    }
}

fn operator_tokens(record: &AccountRecord) -> Finding {
    let program = Program::this();
    if record.operator_tokens.is_empty() {
        return Finding::problem(
            about::OPERATOR_TOKEN,
            "It has no operator token, so that no host starts.",
            format!(
                "Make one with `{program} keys operator`, and bring its digest in with `{program} accounts apply ACCOUNTS`."
            ),
        );
    }
    let count = record.operator_tokens.len();
    Finding::ok(about::OPERATOR_TOKEN, format!("Operator tokens: {count}."))
}

fn directions(account: &AccountId, settings: &AccountSettings) -> Finding {
    let on = [
        (
            "assessments",
            settings.assessments.as_ref().is_some_and(|own| own.enabled),
        ),
        (
            "push",
            settings.push.as_ref().is_some_and(|own| own.enabled),
        ),
        (
            "sync",
            settings.sync.as_ref().is_some_and(|own| own.enabled),
        ),
    ];
    let on: Vec<&str> = on
        .iter()
        .filter(|(_, on)| *on)
        .map(|(name, _)| *name)
        .collect();
    if on.is_empty() {
        let how = settings::how(account, SettingsOf::Push);
        return Finding::warning(
            about::DIRECTIONS,
            "Nothing is switched on, so that nothing happens.",
            format!("Switch on what is wanted: the push, the assessments or the sync. {how}"),
        );
    }
    Finding::ok(
        about::DIRECTIONS,
        format!("Switched on: {}.", on.join(", ")),
    )
}

async fn local_settings(
    services: &Services,
    account: &AccountId,
    part: SettingsPart,
    of: SettingsOf,
) -> Vec<Finding> {
    match services.partner_settings.check(account, part).await {
        Ok(problems) => problems
            .into_iter()
            .map(|problem| settings::finding(account, of, problem))
            .collect(),
        Err(error) => {
            let text = format!("The settings of the {of} could not be checked: {error}.");
            let remedy = "Look at the database: a table of it cannot be read. Where it is damaged, restore a backup.";
            vec![Finding::problem(about::SETTINGS_UNREAD, text, remedy).at(account)]
        }
    }
}

/// A connection that somebody has to do something about before Greenhouse can be asked: to look must not renew it.
async fn connection(
    services: &Services,
    account: &AccountId,
    push: &PushSettings,
) -> Option<Finding> {
    if *push.credential.grant() == HarvestGrant::ClientCredentials {
        return None;
    }
    let has_run_out = services.has_run_out(account, push.credential.client_id());
    has_run_out.await.then(|| {
        let program = Program::this();
        Finding::problem(
            about::CONNECTION,
            "The token of the connection has run out, and was not renewed. Greenhouse was not asked.",
            format!("Run a host, which renews it with the next push and in the background: `{program} serve`. Then look again."),
        )
    })
}
