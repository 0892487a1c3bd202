//! Problems in settings as findings.

use greenhouse_core::{AccountId, health::Check, settings::SettingsProblem};

use super::{Finding, texts};
use crate::settings::SettingsOf;

/// Converts a problem in settings, and adds the commands for its remedy.
pub(super) fn finding(account: &AccountId, of: SettingsOf, problem: SettingsProblem) -> Finding {
    let SettingsProblem {
        member,
        code,
        message,
        remedy,
        ..
    } = problem;
    let name = format!("{of}_settings.{code}");
    let check = Check::problem(name, format!("{member}: {message}"), remedy);
    Finding::from_check(check)
        .at(account)
        .with_remedy(&texts::change_settings(account, of))
}
