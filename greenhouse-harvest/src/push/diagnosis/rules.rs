//! Check of the rules by score.

use greenhouse_core::settings::PushSettings;

use super::{PushDiagnosis, PushFinding};
use crate::{
    Error, HarvestClient,
    api::{RejectionReason, RejectionReasonFilter},
    push::texts::{diagnosis as texts, settings as problems},
};

/// Checks the rules, if they are switched on. The stages are checked with the jobs.
pub(super) async fn check(
    reader: Option<&HarvestClient>,
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
    if let (Some(reader), Some(rule)) = (reader, rules.reject) {
        // The list does not have a filter by id in every version (filters documented).
        let filter = RejectionReasonFilter::new().include_defaults(true);
        let list = || reader.rejection_reasons(&filter);
        let all = |_: &RejectionReason| true;
        let member = "rules.reject.reason";
        let rows = diagnosis.rows(list, all, member, &mut found).await?;
        let is_known = |rows: Vec<RejectionReason>| rows.iter().any(|row| row.id == rule.reason);
        if rows.is_ok_and(|rows| !is_known(rows)) {
            found.push(problems::rejection_reason_unknown(rule.reason));
        }
    }
    let valid = Some(texts::rules_valid());
    diagnosis.add(PushFinding::of("rules", valid, found));
    Ok(())
}
