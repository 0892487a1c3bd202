//! Check of the source for pushed candidates.

use greenhouse_core::settings::PushSettings;

use super::{PushDiagnosis, PushFinding};
use crate::{
    Error, HarvestClient,
    api::{Source, SourceFilter},
    push::texts::{diagnosis as texts, settings as problems},
};

pub(super) async fn check(
    reader: Option<&HarvestClient>,
    settings: &PushSettings,
    diagnosis: &mut PushDiagnosis,
) -> Result<(), Error> {
    let (Some(reader), Some(source)) = (reader, settings.source) else {
        return Ok(());
    };
    let mut found = Vec::new();
    let filter = SourceFilter::new().ids([source]);
    let (list, asked) = (|| reader.sources(&filter), |row: &Source| row.id == source);
    let rows = diagnosis
        .rows(list, asked, "source", &mut found)
        .await?
        .ok();
    let row = rows.as_ref().map(|rows| rows.first());
    if let Some(None) = row {
        found.push(problems::source_unknown(source));
    }
    let valid = row.map(|row| texts::source_exists(row.and_then(|row| row.name.as_deref())));
    diagnosis.add(PushFinding::of("source", valid, found));
    Ok(())
}
