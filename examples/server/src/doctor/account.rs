//! Checks of one account: its settings, its health, and its access to Greenhouse.

use std::sync::Arc;

use greenhouse_core::{
    AccountId,
    operator::OperatorPart,
    parking::TaskOperator,
    settings::{AccountSettings, HarvestGrant, PushSettings},
    store::AccountRecord,
};
use greenhouse_partner::SettingsPart;

use super::{Finding, health::from_health, push, services::Services, settings, texts};
use crate::settings::SettingsOf;

/// Adds the findings of an account. If the future is dropped, `findings` keeps those found so far.
pub(super) async fn check(
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
    findings.extend(checks.into_iter().map(|check| from_health(account, check)));
    let push = own.push.as_ref().filter(|push| push.enabled);
    if let Some(push) = push.filter(|_| own.enabled) {
        let checks = services.push.checks_of_store(account).await;
        findings.extend(checks.into_iter().map(|check| from_health(account, check)));
        match connection(services, account, push).await {
            Some(finding) => findings.push(finding.at(account)),
            None => push::check(services, account, push, findings).await,
        }
    }
}

fn operator_tokens(record: &AccountRecord) -> Finding {
    match record.operator_tokens.len() {
        0 => texts::operator_token(),
        count => texts::operator_token_ok(count),
    }
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
    let enabled: Vec<&str> = on
        .iter()
        .filter(|(_, on)| *on)
        .map(|(name, _)| *name)
        .collect();
    match enabled.as_slice() {
        _ if !settings.enabled => texts::account_off(account),
        [] => texts::directions(account),
        enabled => texts::directions_ok(enabled),
    }
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
        Err(error) => vec![texts::settings_unread(of, &error).at(account)],
    }
}

/// Returns a finding if the access token of a partner's app has expired, because the doctor must
/// not renew it.
async fn connection(
    services: &Services,
    account: &AccountId,
    push: &PushSettings,
) -> Option<Finding> {
    if *push.credential.grant() == HarvestGrant::ClientCredentials {
        return None;
    }
    let client_id = push.credential.client_id();
    let has_expired = services.has_expired_token(account, client_id).await;
    has_expired.then(texts::connection)
}
