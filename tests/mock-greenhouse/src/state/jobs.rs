use chrono::{DateTime, Utc};

use crate::rows::{Job, JobInterviewStage};
use crate::state::{ActError, State};

impl State {
    /// Adds an open job with these stages in this order. Returns the ids of the job and of the
    /// stages.
    pub(crate) fn add_job(
        &mut self,
        name: &str,
        stages: &[&str],
        now: DateTime<Utc>,
    ) -> (i64, Vec<i64>) {
        let job = Job {
            id: self.next_id(),
            name: name.to_owned(),
            custom_fields: self.unset_fields("job"),
            ..Job::new(now)
        };
        let job_id = job.id;
        self.jobs.insert(job_id, job);
        let ids = (0..)
            .zip(stages)
            .map(|(sort_order, name)| self.insert_stage(job_id, name, sort_order, now))
            .collect();
        (job_id, ids)
    }

    /// Adds a stage at the end of a job's plan. Existing applications receive no row for the stage.
    pub(crate) fn add_stage(
        &mut self,
        job_id: i64,
        name: &str,
        now: DateTime<Utc>,
    ) -> Result<i64, ActError> {
        if !self.jobs.contains_key(&job_id) {
            return Err(ActError::NotFound("Job"));
        }
        let last = self.plan(job_id).last().map(|stage| stage.sort_order);
        let sort_order = last.map_or(0, |last| last + 1);
        Ok(self.insert_stage(job_id, name, sort_order, now))
    }

    fn insert_stage(
        &mut self,
        job_id: i64,
        name: &str,
        sort_order: i64,
        now: DateTime<Utc>,
    ) -> i64 {
        let id = self.next_id();
        let stage = JobInterviewStage {
            id,
            job_id,
            name: name.to_owned(),
            sort_order,
            active: true,
            created_at: now,
            updated_at: now,
        };
        self.job_interview_stages.insert(id, stage);
        id
    }

    /// Returns the active stages of a job in order.
    pub(crate) fn plan(&self, job_id: i64) -> Vec<&JobInterviewStage> {
        let mut plan: Vec<_> = self
            .job_interview_stages
            .values()
            .filter(|stage| stage.job_id == job_id && stage.active)
            .collect();
        plan.sort_by_key(|stage| stage.sort_order);
        plan
    }
}
