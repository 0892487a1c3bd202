//! Checks of the mapped jobs, stages and interview kits.

use std::collections::BTreeMap;

use greenhouse_core::{
    InterviewKitId, JobId, ProductJobId, StageId,
    health::Check,
    platform::ProductJob,
    settings::{JobMapping, PushSettings, SettingsProblem},
};

use super::{PushDiagnosis, PushFinding, lists::MappedLists, local};
use crate::{
    AuthProblem, Error,
    api::{InterviewKit, Job, JobInterviewStage, JobStatus},
    push::texts::{diagnosis as texts, settings as problems},
};

/// Checks the mapped jobs. `lists` is `None` if Greenhouse could not be asked. `sees_less` is `true`
/// if the lists may not contain every record.
pub(super) fn check(
    lists: Option<MappedLists>,
    sees_less: bool,
    settings: &PushSettings,
    product_jobs: Option<&[ProductJob]>,
    diagnosis: &mut PushDiagnosis,
) -> Result<(), Error> {
    let mapped = &settings.jobs;
    if mapped.is_empty() {
        diagnosis.add(PushFinding::from(texts::no_job_mapped()));
    }
    let rows = match lists {
        Some(lists) => MappedRows::of(lists, diagnosis)?,
        None => MappedRows::default(),
    };
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
    diagnosis.add(rows.stage_tests(sees_less, settings));
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
    fn of(lists: MappedLists, diagnosis: &mut PushDiagnosis) -> Result<Self, Error> {
        let mut found = Vec::new();
        let jobs = diagnosis.rows(lists.jobs, "jobs", &mut found)?;
        let stages = diagnosis.rows(lists.stages, "jobs", &mut found)?;
        let kits = diagnosis.rows(lists.kits, "jobs", &mut found)?;

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

    /// Returns the finding about the stages that have tests. `None` if no stage has a test, or if
    /// the stages could not be read.
    fn stage_tests(&self, sees_less: bool, settings: &PushSettings) -> Option<PushFinding> {
        let tests = &settings.stage_tests;
        let mut found = local::stage_tests(tests);
        for (place, test) in tests.iter().enumerate() {
            let Some(stages) = self.stages.as_ref().filter(|_| !sees_less) else {
                continue;
            };
            let member = format!("stage_tests[{place}].stage");
            let row = stages.get(&test.stage);
            found.extend(check_stage(member, (None, test.job), test.stage, row));
        }
        let is_checked = !tests.is_empty() && self.stages.is_some();
        let valid = is_checked.then(texts::stage_tests_valid);
        PushFinding::of("stage_tests", valid, found)
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
