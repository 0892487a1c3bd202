//! Checks of health as findings.

use greenhouse_core::{AccountId, health::Check};

use super::{Finding, settings};
use crate::{Program, settings::SettingsOf};

/// A check of health, with the commands that its remedy takes.
pub(super) fn of_health(account: &AccountId, check: Check) -> Finding {
    let program = Program::this();
    let how = match check.name.as_str() {
        "partner_key" => Some(format!(
            "`{program} keys partner mint {account}` makes one, and `{program} accounts set-up {account}` says where both go."
        )),
        "completion_credential" => Some(settings::how(account, SettingsOf::Assessments)),
        "webhooks" => Some(format!(
            "`{program} accounts set-up {account}` prints what to enter there."
        )),
        "backlog" | "push_backlog" | "push_look_back" | "comparison" => {
            Some(format!("`{program} serve` does the work."))
        }
        "mapped_jobs" => Some(settings::how(account, SettingsOf::Push)),
        _ => None,
    };
    let finding = Finding::of(check).at(account);
    match how {
        Some(how) => finding.and(&how),
        None => finding,
    }
}
