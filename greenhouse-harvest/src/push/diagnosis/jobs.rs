//! Whether the mapped jobs take applications, at the mapped stages.

use std::collections::{BTreeMap, BTreeSet};

use greenhouse_core::{
    InterviewKitId, JobId, StageId,
    settings::{JobMapping, PushSettings, SettingsProblem as Problem},
};

use super::rows;
use crate::{
    Error, HarvestClient,
    api::{
        InterviewKit, InterviewKitFilter, Job, JobFilter, JobInterviewStage,
        JobInterviewStageFilter, JobStatus,
    },
};

pub(super) async fn check(
    reader: &HarvestClient,
    settings: &PushSettings,
    problems: &mut Vec<Problem>,
) -> Result<(), Error> {
    let mapped = &settings.jobs;
    let ids: BTreeSet<JobId> = mapped.values().map(|own| own.job).collect();
    let jobs = reader.jobs(&JobFilter::new().ids(ids));
    let jobs = rows(jobs, "jobs", problems).await?;
    let jobs = jobs.map(|rows| by_id(rows, |row: &Job| row.id));

    let ids: BTreeSet<StageId> = mapped.values().filter_map(|own| own.stage).collect();
    let stages = reader.job_interview_stages(&JobInterviewStageFilter::new().ids(ids));
    let stages = rows(stages, "jobs", problems).await?;
    let stages = stages.map(|rows| by_id(rows, |row: &JobInterviewStage| row.id));

    let ids: BTreeSet<InterviewKitId> = mapped
        .values()
        .filter_map(|own| own.interview_kit)
        .collect();
    let kits = reader.interview_kits(&InterviewKitFilter::new().ids(ids));
    let kits = rows(kits, "jobs", problems).await?;
    let kits = kits.map(|rows| by_id(rows, |row: &InterviewKit| row.id));

    for (id, mapping) in mapped {
        let member = |name: &str| format!("jobs.{id}.{name}");
        if let Some(jobs) = &jobs {
            problems.extend(job(member("job"), mapping, jobs.get(&mapping.job)));
        }
        if let (Some(stages), Some(id)) = (&stages, mapping.stage) {
            problems.extend(stage(member("stage"), mapping, id, stages.get(&id)));
        }
        if let (Some(kits), Some(id)) = (&kits, mapping.interview_kit) {
            problems.extend(kit(member("interview_kit"), mapping, id, kits.get(&id)));
        }
    }
    Ok(())
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
