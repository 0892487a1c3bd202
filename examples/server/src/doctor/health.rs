//! Health checks as findings.

use greenhouse_core::{AccountId, health::Check};

use super::{Finding, texts};

/// Converts a health check, and adds the commands for its remedy.
pub(super) fn from_health(account: &AccountId, check: Check) -> Finding {
    let commands = texts::health_commands(account, &check.name);
    let finding = Finding::from_check(check).at(account);
    match commands {
        Some(commands) => finding.with_remedy(&commands),
        None => finding,
    }
}
