//! Lists of Greenhouse that the checks compare the settings with. They are read at the same time,
//! because a person waits for the result.

use std::collections::BTreeSet;

use futures_util::{FutureExt as _, join};
use greenhouse_core::{
    InterviewKitId, JobId, StageId, UserId,
    settings::{FieldOwner, PushSettings},
};

use super::{Reader, local};
use crate::{
    Error, HarvestClient,
    api::{
        CustomField, CustomFieldFilter, InterviewKit, InterviewKitFilter, Job, JobFilter,
        JobInterviewStage, JobInterviewStageFilter, RejectionReason, RejectionReasonFilter, Source,
        SourceFilter, User, UserFilter,
    },
    field_use::type_of,
    lookup::{agrees, matching},
};

/// Rows of a list, or the error of its request.
pub(super) type Rows<T> = Result<Vec<T>, Error>;

/// Rows of all lists. `None` if no check needs the list, or if the reader does not see every record
/// of it.
#[derive(Default)]
pub(super) struct Lists {
    pub(super) users: Option<Rows<User>>,
    pub(super) mapped: Option<MappedLists>,
    /// Fields of applications and of candidates.
    pub(super) fields: [Option<Rows<CustomField>>; 2],
    pub(super) sources: Option<Rows<Source>>,
    pub(super) reasons: Option<Rows<RejectionReason>>,
}

/// Rows of the mapped jobs.
pub(super) struct MappedLists {
    pub(super) jobs: Rows<Job>,
    pub(super) stages: Rows<JobInterviewStage>,
    pub(super) kits: Rows<InterviewKit>,
}

impl Lists {
    /// Reads the lists that the settings need. `user` is the acting user to read.
    pub(super) async fn read(
        reader: &Reader,
        user: Option<UserId>,
        settings: &PushSettings,
    ) -> Self {
        let client = &reader.client;
        // Boxed, because together the requests would take much of a thread's stack.
        let (users, jobs, stages, kits, of_applications, of_candidates, sources, reasons) = join!(
            users(client, user).boxed(),
            jobs(client, settings).boxed(),
            stages(client, settings).boxed(),
            kits(client, settings).boxed(),
            fields(reader, settings, OWNERS[0]).boxed(),
            fields(reader, settings, OWNERS[1]).boxed(),
            sources(reader, settings).boxed(),
            reasons(reader, settings).boxed(),
        );
        Self {
            users,
            mapped: Some(MappedLists { jobs, stages, kits }),
            fields: [of_applications, of_candidates],
            sources,
            reasons,
        }
    }
}

async fn users(client: &HarvestClient, user: Option<UserId>) -> Option<Rows<User>> {
    let user = user?;
    let filter = UserFilter::new().ids([user]).show_service_accounts(true);
    Some(matching(|| client.users(&filter), |row| row.id == user).await)
}

async fn jobs(client: &HarvestClient, settings: &PushSettings) -> Rows<Job> {
    let ids: BTreeSet<JobId> = settings.jobs.values().map(|own| own.job).collect();
    let filter = JobFilter::new().ids(ids.iter().copied());
    matching(|| client.jobs(&filter), |row| ids.contains(&row.id)).await
}

async fn stages(client: &HarvestClient, settings: &PushSettings) -> Rows<JobInterviewStage> {
    let mapped = settings.jobs.values();
    let ids = mapped.flat_map(|own| [own.stage, own.advance_to]).flatten();
    let tested = settings.stage_tests.iter().map(|test| test.stage);
    let ids: BTreeSet<StageId> = ids.chain(tested).collect();
    let filter = JobInterviewStageFilter::new().ids(ids.iter().copied());
    let list = || client.job_interview_stages(&filter);
    matching(list, |row| ids.contains(&row.id)).await
}

async fn kits(client: &HarvestClient, settings: &PushSettings) -> Rows<InterviewKit> {
    let ids = settings.jobs.values().filter_map(|own| own.interview_kit);
    let ids: BTreeSet<InterviewKitId> = ids.collect();
    let filter = InterviewKitFilter::new().ids(ids.iter().copied());
    matching(
        || client.interview_kits(&filter),
        |row| ids.contains(&row.id),
    )
    .await
}

async fn fields(
    reader: &Reader,
    settings: &PushSettings,
    owner: FieldOwner,
) -> Option<Rows<CustomField>> {
    let mut mapped = settings.fields.all();
    let is_mapped = mapped.any(|(_, field)| field.on == owner && !field.key.trim().is_empty());
    let has_status = owner == FieldOwner::Application && local::status_key(settings).is_some();
    if !reader.sees_all || !(is_mapped || has_status) {
        return None;
    }
    let kind = type_of(owner);
    let filter = CustomFieldFilter::new().field_type(kind.clone());
    let list = || reader.client.custom_fields(&filter);
    Some(matching(list, |row| agrees(row.field_type.as_ref(), &kind)).await)
}

async fn sources(reader: &Reader, settings: &PushSettings) -> Option<Rows<Source>> {
    let source = settings.source.filter(|_| reader.sees_all)?;
    let filter = SourceFilter::new().ids([source]);
    Some(matching(|| reader.client.sources(&filter), |row| row.id == source).await)
}

/// The list has no filter by id (documented).
async fn reasons(reader: &Reader, settings: &PushSettings) -> Option<Rows<RejectionReason>> {
    let rules = &settings.rules;
    if !reader.sees_all || !rules.is_on() || rules.reject.is_none() {
        return None;
    }
    let filter = RejectionReasonFilter::new().include_defaults(true);
    Some(matching(|| reader.client.rejection_reasons(&filter), |_| true).await)
}

/// Owners of the fields in [`Lists::fields`].
pub(super) const OWNERS: [FieldOwner; 2] = [FieldOwner::Application, FieldOwner::Candidate];
