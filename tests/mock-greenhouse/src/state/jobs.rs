use chrono::{DateTime, Utc};

use crate::rows::{Job, JobInterviewStage};
use crate::state::State;

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
        let mut ids = Vec::new();
        for (sort_order, name) in (0..).zip(stages) {
            let id = self.next_id();
            let stage = JobInterviewStage {
                id,
                job_id,
                name: (*name).to_owned(),
                sort_order,
                active: true,
                created_at: now,
                updated_at: now,
            };
            self.job_interview_stages.insert(id, stage);
            ids.push(id);
        }
        (job_id, ids)
    }

    /// The active stages of a job in order.
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
