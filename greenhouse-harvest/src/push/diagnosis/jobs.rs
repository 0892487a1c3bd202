//! The mapped jobs with their stages and interview kits.

use std::collections::{BTreeMap, BTreeSet};

use greenhouse_core::{
    InterviewKitId, JobId, ProductJobId, StageId,
    health::Check,
    platform::ProductJob,
    settings::{JobMapping, PushSettings, SettingsProblem as Problem},
};

use super::{PushDiagnosis, PushFinding, Reader};
use crate::{
    AuthProblem, Error, HarvestClient,
    api::{
        InterviewKit, InterviewKitFilter, Job, JobFilter, JobInterviewStage,
        JobInterviewStageFilter, JobStatus,
    },
};

pub(super) async fn check(
    reader: Option<&Reader>,
    settings: &PushSettings,
    product_jobs: Option<&[ProductJob]>,
    diagnosis: &mut PushDiagnosis,
) -> Result<(), Error> {
    let mapped = &settings.jobs;
    if mapped.is_empty() {
        let remedy = "Map each job of the product to a Greenhouse job in the push settings.";
        let check = Check::warning("mapped_jobs", "No job is mapped yet.", remedy);
        diagnosis.note(PushFinding::from(check));
    }
    let rows = match reader {
        Some(reader) => Rows::read(&reader.client, mapped, diagnosis).await?,
        None => Rows::default(),
    };
    let sees_less = reader.is_some_and(|reader| !reader.sees_all);
    for (id, mapping) in mapped {
        let unknown = product_jobs.is_some_and(|jobs| jobs.iter().all(|job| job.id != *id));
        let mut problems: Vec<_> = unknown
            .then(|| product_job_unknown(id))
            .into_iter()
            .collect();
        rows.check(id, mapping, &mut problems);
        let well = (rows.jobs.is_some() && rows.stages.is_some()).then(|| match mapping.stage {
            Some(stage) => format!("Job {} is open and has stage {stage}.", mapping.job),
            None => format!(
                "Job {} is open; new applications begin at its first stage.",
                mapping.job
            ),
        });
        let mut finding = PushFinding::of(format!("mapped_job:{id}"), well, problems);
        // To a reader who is not shown every record, what exists may look missing.
        if let (Some(finding), true) = (&mut finding, sees_less) {
            finding
                .problems
                .retain(|problem| problem.code == PRODUCT_JOB_UNKNOWN);
        }
        diagnosis.note(finding);
    }
    Ok(())
}

/// Rows that the mappings name. `None` if they could not be read.
#[derive(Default)]
struct Rows {
    jobs: Option<BTreeMap<JobId, Job>>,
    stages: Option<BTreeMap<StageId, JobInterviewStage>>,
    kits: Option<BTreeMap<InterviewKitId, InterviewKit>>,
}

impl Rows {
    async fn read(
        client: &HarvestClient,
        mapped: &BTreeMap<ProductJobId, JobMapping>,
        diagnosis: &mut PushDiagnosis,
    ) -> Result<Self, Error> {
        let mut problems = Vec::new();
        let ids: BTreeSet<JobId> = mapped.values().map(|own| own.job).collect();
        let jobs = client.jobs(&JobFilter::new().ids(ids));
        let jobs = diagnosis.rows(jobs, "jobs", &mut problems).await?;

        let ids: BTreeSet<StageId> = mapped.values().filter_map(|own| own.stage).collect();
        let stages = client.job_interview_stages(&JobInterviewStageFilter::new().ids(ids));
        let stages = diagnosis.rows(stages, "jobs", &mut problems).await?;

        let ids = mapped.values().filter_map(|own| own.interview_kit);
        let ids: BTreeSet<InterviewKitId> = ids.collect();
        let kits = client.interview_kits(&InterviewKitFilter::new().ids(ids));
        let kits = diagnosis.rows(kits, "jobs", &mut problems).await?;

        diagnosis.note(PushFinding::of("mapped_jobs", None::<&str>, problems));
        let unread = jobs.as_ref().err().or(stages.as_ref().err());
        if let Some(problem @ AuthProblem::MissingScope { .. }) = unread {
            let text = format!("The mapped jobs could not be read: {problem}.");
            let check = Check::problem("mapped_jobs", text, problem.remedy());
            diagnosis.note(PushFinding::from(check));
        }
        Ok(Self {
            jobs: jobs.ok().map(|rows| by_id(rows, |row| row.id)),
            stages: stages.ok().map(|rows| by_id(rows, |row| row.id)),
            kits: kits.ok().map(|rows| by_id(rows, |row| row.id)),
        })
    }

    fn check(&self, id: &ProductJobId, mapping: &JobMapping, problems: &mut Vec<Problem>) {
        let member = |name: &str| format!("jobs.{id}.{name}");
        if let Some(jobs) = &self.jobs {
            problems.extend(job(member("job"), mapping, jobs.get(&mapping.job)));
        }
        if let (Some(stages), Some(id)) = (&self.stages, mapping.stage) {
            problems.extend(stage(member("stage"), mapping, id, stages.get(&id)));
        }
        if let (Some(kits), Some(id)) = (&self.kits, mapping.interview_kit) {
            problems.extend(kit(member("interview_kit"), mapping, id, kits.get(&id)));
        }
    }
}

fn product_job_unknown(id: &ProductJobId) -> Problem {
    Problem::new(
        format!("jobs.{id}"),
        PRODUCT_JOB_UNKNOWN,
        format!("The product has no job \"{id}\"."),
        "Take the mapping out, or correct the id of the job.",
    )
}

fn by_id<T, I: Ord>(rows: Vec<T>, id: impl Fn(&T) -> I) -> BTreeMap<I, T> {
    rows.into_iter().map(|row| (id(&row), row)).collect()
}

fn job(member: String, mapping: &JobMapping, row: Option<&Job>) -> Option<Problem> {
    let id = mapping.job;
    match row.map(|row| row.status.as_ref()) {
        None => Some(Problem::new(
            member,
            "job_unknown",
            format!(
                "Job {id} is not among the jobs that are shown: there is none, or it is confidential."
            ),
            "Map another job, or put the acting user on the hiring team if the job is confidential.",
        )),
        Some(Some(JobStatus::Closed)) => Some(Problem::new(
            member,
            "job_closed",
            format!("Job {id} is closed."),
            "Map an open job, or reopen this one.",
        )),
        Some(Some(JobStatus::Draft)) => Some(Problem::new(
            member,
            "job_draft",
            format!("Job {id} is a draft."),
            "Open it in Greenhouse, or map an open job.",
        )),
        Some(_) => None,
    }
}

fn stage(
    member: String,
    mapping: &JobMapping,
    id: StageId,
    row: Option<&JobInterviewStage>,
) -> Option<Problem> {
    let job = mapping.job;
    match row {
        None => Some(Problem::new(
            member,
            "stage_unknown",
            format!("There is no stage {id}, or it is of a job that is not shown."),
            "Map a stage of this job; choices/stages lists them.",
        )),
        Some(row) if row.job_id != Some(job) => Some(Problem::new(
            member,
            "stage_of_another_job",
            format!("Stage {id} is not a stage of job {job}."),
            "Map a stage of this job; choices/stages lists them.",
        )),
        Some(row) if row.active == Some(false) => Some(Problem::new(
            member,
            "stage_inactive",
            format!("Stage {id} of job {job} is no longer active."),
            "Map an active stage of this job; choices/stages lists them.",
        )),
        Some(_) => None,
    }
}

fn kit(
    member: String,
    mapping: &JobMapping,
    id: InterviewKitId,
    row: Option<&InterviewKit>,
) -> Option<Problem> {
    let job = mapping.job;
    let remedy = "Map an interview kit of this job, which choices/stages lists, or none.";
    match row {
        None => Some(Problem::new(
            member,
            "kit_unknown",
            format!("There is no interview kit {id}, or it is of a job that is not shown."),
            remedy,
        )),
        Some(row) if row.job_id != Some(job) => Some(Problem::new(
            member,
            "kit_of_another_job",
            format!("Interview kit {id} is not one of job {job}."),
            remedy,
        )),
        Some(_) => None,
    }
}

const PRODUCT_JOB_UNKNOWN: &str = "product_job_unknown";
