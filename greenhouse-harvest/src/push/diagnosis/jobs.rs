//! Checks of the mapped jobs, stages and interview kits.

use std::collections::{BTreeMap, BTreeSet};

use greenhouse_core::{
    InterviewKitId, JobId, ProductJobId, StageId,
    health::Check,
    platform::ProductJob,
    settings::{JobMapping, PushSettings, SettingsProblem},
};

use super::{PushDiagnosis, PushFinding, Reader};
use crate::{
    AuthProblem, Error, HarvestClient,
    api::{
        InterviewKit, InterviewKitFilter, Job, JobFilter, JobInterviewStage,
        JobInterviewStageFilter, JobStatus,
    },
    push::texts::{diagnosis as texts, settings as problems},
};

pub(super) async fn check(
    reader: Option<&Reader>,
    settings: &PushSettings,
    product_jobs: Option<&[ProductJob]>,
    diagnosis: &mut PushDiagnosis,
) -> Result<(), Error> {
    let mapped = &settings.jobs;
    if mapped.is_empty() {
        diagnosis.add(PushFinding::from(texts::no_job_mapped()));
    }
    let rows = match reader {
        Some(reader) => MappedRows::read(&reader.client, mapped, diagnosis).await?,
        None => MappedRows::default(),
    };
    let sees_less = reader.is_some_and(|reader| !reader.sees_all);
    for (id, mapping) in mapped {
        let unknown = product_jobs.is_some_and(|jobs| jobs.iter().all(|job| job.id != *id));
        let mut found: Vec<_> = unknown
            .then(|| problems::product_job_unknown(id.as_str()))
            .into_iter()
            .collect();
        rows.check(id, mapping, &mut found);
        let valid = rows.valid(id, mapping);
        let mut finding = PushFinding::of(format!("mapped_job:{id}"), valid, found);
        // The job may be hidden from a reader who does not see every record.
        if let (Some(finding), true) = (&mut finding, sees_less) {
            finding
                .problems
                .retain(|problem| problem.code == problems::PRODUCT_JOB_UNKNOWN);
        }
        diagnosis.add(finding);
    }
    Ok(())
}

/// Greenhouse's rows for the mapped ids. `None` if they could not be read.
#[derive(Default)]
struct MappedRows {
    jobs: Option<BTreeMap<JobId, Job>>,
    stages: Option<BTreeMap<StageId, JobInterviewStage>>,
    kits: Option<BTreeMap<InterviewKitId, InterviewKit>>,
}

impl MappedRows {
    async fn read(
        client: &HarvestClient,
        mapped: &BTreeMap<ProductJobId, JobMapping>,
        diagnosis: &mut PushDiagnosis,
    ) -> Result<Self, Error> {
        let mut found = Vec::new();
        let ids: BTreeSet<JobId> = mapped.values().map(|own| own.job).collect();
        let filter = JobFilter::new().ids(ids.iter().copied());
        let (list, asked) = (|| client.jobs(&filter), |row: &Job| ids.contains(&row.id));
        let jobs = diagnosis.rows(list, asked, "jobs", &mut found).await?;

        let of_mapping = |own: &JobMapping| [own.stage, own.advance_to];
        let ids = mapped.values().flat_map(of_mapping).flatten();
        let ids: BTreeSet<StageId> = ids.collect();
        let filter = JobInterviewStageFilter::new().ids(ids.iter().copied());
        let list = || client.job_interview_stages(&filter);
        let asked = |row: &JobInterviewStage| ids.contains(&row.id);
        let stages = diagnosis.rows(list, asked, "jobs", &mut found).await?;

        let ids = mapped.values().filter_map(|own| own.interview_kit);
        let ids: BTreeSet<InterviewKitId> = ids.collect();
        let filter = InterviewKitFilter::new().ids(ids.iter().copied());
        let list = || client.interview_kits(&filter);
        let asked = |row: &InterviewKit| ids.contains(&row.id);
        let kits = diagnosis.rows(list, asked, "jobs", &mut found).await?;

        diagnosis.add(PushFinding::of("mapped_jobs", None, found));
        let unread = jobs.as_ref().err().or(stages.as_ref().err());
        if let Some(problem @ AuthProblem::MissingScope { .. }) = unread {
            diagnosis.add(PushFinding::from(texts::mapped_jobs_unread(*problem)));
        }
        Ok(Self {
            jobs: jobs.ok().map(|rows| by_id(rows, |row| row.id)),
            stages: stages.ok().map(|rows| by_id(rows, |row| row.id)),
            kits: kits.ok().map(|rows| by_id(rows, |row| row.id)),
        })
    }

    fn check(&self, id: &ProductJobId, mapping: &JobMapping, found: &mut Vec<SettingsProblem>) {
        let member = |name: &str| format!("jobs.{id}.{name}");
        let job = (self.job_name(mapping), mapping.job);
        if let Some(jobs) = &self.jobs {
            found.extend(check_job(member("job"), job, jobs.get(&mapping.job)));
        }
        if let (Some(stages), Some(id)) = (&self.stages, mapping.stage) {
            found.extend(check_stage(member("stage"), job, id, stages.get(&id)));
        }
        if let (Some(stages), Some(id)) = (&self.stages, mapping.advance_to) {
            found.extend(check_stage(member("advance_to"), job, id, stages.get(&id)));
        }
        if let (Some(kits), Some(id)) = (&self.kits, mapping.interview_kit) {
            found.extend(check_kit(member("interview_kit"), job, id, kits.get(&id)));
        }
    }

    /// Returns the check for a mapping without problems. `None` if its rows could not be read.
    fn valid(&self, id: &ProductJobId, mapping: &JobMapping) -> Option<Check> {
        self.jobs.as_ref()?;
        let stages = self.stages.as_ref()?;
        let job = (self.job_name(mapping), mapping.job);
        let stage = mapping.stage.map(|id| {
            let name = stages.get(&id).and_then(|row| row.name.as_deref());
            (name, id)
        });
        Some(texts::mapped_job_open(id.as_str(), job, stage))
    }

    fn job_name(&self, mapping: &JobMapping) -> Option<&str> {
        let row = self.jobs.as_ref()?.get(&mapping.job)?;
        row.name.as_deref()
    }
}

fn by_id<T, I: Ord>(rows: Vec<T>, id: impl Fn(&T) -> I) -> BTreeMap<I, T> {
    rows.into_iter().map(|row| (id(&row), row)).collect()
}

/// Name, if known, and id of a job.
type NamedJob<'a> = (Option<&'a str>, JobId);

fn check_job(
    member: String,
    (name, id): NamedJob<'_>,
    row: Option<&Job>,
) -> Option<SettingsProblem> {
    match row.map(|row| row.status.as_ref()) {
        None => Some(problems::job_unknown(member, id)),
        Some(Some(JobStatus::Closed)) => Some(problems::job_closed(member, name, id)),
        Some(Some(JobStatus::Draft)) => Some(problems::job_draft(member, name, id)),
        Some(_) => None,
    }
}

fn check_stage(
    member: String,
    job: NamedJob<'_>,
    id: StageId,
    row: Option<&JobInterviewStage>,
) -> Option<SettingsProblem> {
    let Some(row) = row else {
        return Some(problems::stage_unknown(member, id));
    };
    let stage = (row.name.as_deref(), id);
    if row.job_id != Some(job.1) {
        return Some(problems::stage_of_another_job(member, stage, job));
    }
    (row.active == Some(false)).then(|| problems::stage_inactive(member, stage, job))
}

fn check_kit(
    member: String,
    job: NamedJob<'_>,
    id: InterviewKitId,
    row: Option<&InterviewKit>,
) -> Option<SettingsProblem> {
    match row {
        None => Some(problems::kit_unknown(member, id)),
        Some(row) if row.job_id != Some(job.1) => {
            Some(problems::kit_of_another_job(member, id, job))
        }
        Some(_) => None,
    }
}
