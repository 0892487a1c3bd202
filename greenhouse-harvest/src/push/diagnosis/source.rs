//! Whether the source is there.

use greenhouse_core::settings::{PushSettings, SettingsProblem as Problem};

use super::rows;
use crate::{Error, HarvestClient, api::SourceFilter};

pub(super) async fn check(
    reader: &HarvestClient,
    settings: &PushSettings,
    problems: &mut Vec<Problem>,
) -> Result<(), Error> {
    let Some(source) = settings.source else {
        return Ok(());
    };
    let list = reader.sources(&SourceFilter::new().ids([source]));
    let found = rows(list, "source", problems).await?;
    if found.is_some_and(|rows| rows.iter().all(|row| row.id != source)) {
        problems.push(Problem::new(
            "source",
            "source_unknown",
            format!("There is no source {source}."),
            "Name another source, which choices/sources lists, or none.",
        ));
    }
    Ok(())
}
