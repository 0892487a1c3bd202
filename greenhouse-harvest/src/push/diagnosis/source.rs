//! The source of pushed candidates.

use greenhouse_core::settings::{PushSettings, SettingsProblem as Problem};

use super::{PushDiagnosis, PushFinding};
use crate::{Error, HarvestClient, api::SourceFilter};

pub(super) async fn check(
    reader: Option<&HarvestClient>,
    settings: &PushSettings,
    diagnosis: &mut PushDiagnosis,
) -> Result<(), Error> {
    let (Some(reader), Some(source)) = (reader, settings.source) else {
        return Ok(());
    };
    let mut problems = Vec::new();
    let list = reader.sources(&SourceFilter::new().ids([source]));
    let found = diagnosis.rows(list, "source", &mut problems).await?.ok();
    if found
        .as_ref()
        .is_some_and(|rows| rows.iter().all(|row| row.id != source))
    {
        problems.push(Problem::new(
            "source",
            "source_unknown",
            format!("There is no source {source}."),
            "Name another source, which choices/sources lists, or none.",
        ));
    }
    let well = found.map(|_| "The source exists.");
    diagnosis.note(PushFinding::of("source", well, problems));
    Ok(())
}
