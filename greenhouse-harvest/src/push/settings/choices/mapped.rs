//! The stages and interview kits in the settings, so that a settings page can name them.

use std::collections::{BTreeMap, BTreeSet};

use greenhouse_core::settings::PushSettings;

use super::{
    lists::{MappedKit, MappedStage},
    shown,
};
use crate::{
    Error, HarvestClient,
    api::{
        InterviewKit, InterviewKitFilter, JobInterview, JobInterviewFilter, JobInterviewId,
        JobInterviewStage, JobInterviewStageFilter,
    },
    lookup::matching,
    push::recent_lists::Mapped,
};

/// Returns the mapped stages that exist. `None` if the credential is not allowed to list stages.
pub(super) async fn stages(
    reader: &HarvestClient,
    settings: &PushSettings,
) -> Result<Option<Vec<MappedStage>>, Error> {
    let ids = Mapped::of(settings).stages;
    let filter = JobInterviewStageFilter::new().ids(ids.iter().copied());
    let asked = |row: &JobInterviewStage| ids.contains(&row.id);
    let rows = match ids.is_empty() {
        true => Ok(Vec::new()),
        false => matching(|| reader.job_interview_stages(&filter), asked).await,
    };
    let rows = allowed(rows)?;
    Ok(rows.map(|rows| {
        let mapped = rows.iter().map(|row| MappedStage {
            id: row.id,
            name: shown(row.name.as_ref()),
            job: row.job_id,
            active: row.active != Some(false),
        });
        mapped.collect()
    }))
}

/// Returns the mapped interview kits that exist, with the names of their interviews. `None` if the
/// credential is not allowed to list them.
pub(super) async fn kits(
    reader: &HarvestClient,
    settings: &PushSettings,
) -> Result<Option<Vec<MappedKit>>, Error> {
    let ids = Mapped::of(settings).kits;
    if ids.is_empty() {
        return Ok(Some(Vec::new()));
    }
    let filter = InterviewKitFilter::new().ids(ids.iter().copied());
    let asked = |row: &InterviewKit| ids.contains(&row.id);
    let kits = matching(|| reader.interview_kits(&filter), asked).await;
    let Some(kits) = allowed(kits)? else {
        return Ok(None);
    };
    let ids: BTreeSet<JobInterviewId> =
        kits.iter().filter_map(|kit| kit.job_interview_id).collect();
    let filter = JobInterviewFilter::new().ids(ids.iter().copied());
    let asked = |row: &JobInterview| ids.contains(&row.id);
    let interviews = match ids.is_empty() {
        true => Ok(Vec::new()),
        false => matching(|| reader.job_interviews(&filter), asked).await,
    };
    // A kit without the name of its interview is shown with its id.
    let interviews = allowed(interviews)?.unwrap_or_default();
    let interviews: BTreeMap<_, _> = interviews.iter().map(|row| (row.id, row)).collect();
    let mapped = kits.iter().map(|kit| {
        let interview = kit.job_interview_id.and_then(|id| interviews.get(&id));
        MappedKit {
            id: kit.id,
            name: interview.and_then(|interview| shown(interview.name.as_ref())),
            job: kit.job_id,
        }
    });
    Ok(Some(mapped.collect()))
}

/// Returns `None` for a list that the credential is not allowed to read.
fn allowed<T>(read: Result<T, Error>) -> Result<Option<T>, Error> {
    match read {
        Ok(rows) => Ok(Some(rows)),
        Err(Error::Auth { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}
