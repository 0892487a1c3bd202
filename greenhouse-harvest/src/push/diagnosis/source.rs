//! Check of the source for pushed candidates.

use greenhouse_core::settings::PushSettings;

use super::{PushDiagnosis, PushFinding, lists::Rows};
use crate::{
    Error,
    api::Source,
    push::texts::{diagnosis as texts, settings as problems},
};

/// Checks the source. `rows` is `None` if the list was not read.
pub(super) fn check(
    rows: Option<Rows<Source>>,
    settings: &PushSettings,
    diagnosis: &mut PushDiagnosis,
) -> Result<(), Error> {
    let (Some(rows), Some(source)) = (rows, settings.source) else {
        return Ok(());
    };
    let mut found = Vec::new();
    let rows = diagnosis.rows(rows, "source", &mut found)?.ok();
    let row = rows.as_ref().map(|rows| rows.first());
    if let Some(None) = row {
        found.push(problems::source_unknown(source));
    }
    let valid = row.map(|row| texts::source_exists(row.and_then(|row| row.name.as_deref())));
    diagnosis.add(PushFinding::of("source", valid, found));
    Ok(())
}
