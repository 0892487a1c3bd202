use greenhouse_core::{AccountId, health::Check, settings::SettingsProblem};

use super::Finding;
use crate::{Program, settings::SettingsOf};

/// A problem of settings, with the commands that put it right where it is not put right in Greenhouse.
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
    Finding::of(check).at(account).and(&how(account, of))
}

/// How settings are changed.
pub(super) fn how(account: &AccountId, of: SettingsOf) -> String {
    let program = Program::this();
    format!(
        "Settings are changed with `{program} settings show {account} --of {of}`, and `{program} settings set {account} --of \
         {of} FILE` with what it printed, changed."
    )
}
