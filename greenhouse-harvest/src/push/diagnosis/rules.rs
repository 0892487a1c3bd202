//! Check of the rules by score.

use greenhouse_core::settings::PushSettings;

use super::{PushDiagnosis, PushFinding, lists::Rows};
use crate::{
    Error,
    api::RejectionReason,
    push::texts::{diagnosis as texts, settings as problems},
};

/// Checks the rules, if they are switched on. The stages are checked with the jobs. `reasons` is
/// `None` if the list was not read.
pub(super) fn check(
    reasons: Option<Rows<RejectionReason>>,
    settings: &PushSettings,
    diagnosis: &mut PushDiagnosis,
) -> Result<(), Error> {
    let rules = &settings.rules;
    if !rules.is_on() {
        return Ok(());
    }
    let mut found = Vec::new();
    if rules.overlap(&settings.thresholds) {
        found.push(problems::rules_overlap());
    }
    let mut stages = settings.jobs.values().map(|mapping| mapping.advance_to);
    if rules.advance.is_some() && stages.all(|stage| stage.is_none()) {
        found.push(problems::rule_without_stage());
    }
    if let (Some(reasons), Some(rule)) = (reasons, rules.reject) {
        let rows = diagnosis.rows(reasons, "rules.reject.reason", &mut found)?;
        if rows.is_ok_and(|rows| rows.iter().all(|row| row.id != rule.reason)) {
            found.push(problems::rejection_reason_unknown(rule.reason));
        }
    }
    let valid = Some(texts::rules_valid());
    diagnosis.add(PushFinding::of("rules", valid, found));
    Ok(())
}
