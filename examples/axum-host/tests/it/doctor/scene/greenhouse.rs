//! Changes to a scene's Greenhouse.

use serde_json::json;

use super::Scene;

impl Scene {
    pub(in crate::doctor) fn secret(&self) -> &str {
        &self.greenhouse.credential().client_secret
    }

    pub(in crate::doctor) fn job(&self) -> i64 {
        self.job.job_id
    }

    /// Returns the mapped stage.
    pub(in crate::doctor) fn stage(&self) -> i64 {
        self.job.stage("Take Home Test").unwrap()
    }

    pub(in crate::doctor) fn deactivate(&self, deactivated: bool) {
        let acting = self.greenhouse.site_admin();
        self.greenhouse
            .set_deactivated(acting, deactivated)
            .unwrap();
    }

    pub(in crate::doctor) fn show_own_user_everything(&self, everything: bool) {
        let own = self.greenhouse.service_user();
        self.greenhouse.set_site_admin(own, everything).unwrap();
    }

    /// Adds a custom field and returns its key and id.
    pub(in crate::doctor) fn field(
        &self,
        owner: &str,
        name: &str,
        kind: &str,
        options: &[&str],
    ) -> (String, i64) {
        let seeded = self
            .greenhouse
            .seed_custom_field(owner, name, kind, options);
        let seeded = seeded.unwrap();
        (seeded.name_key, seeded.field_id)
    }

    /// Adds an interview kit for an interview at the offer stage of this job.
    pub(in crate::doctor) fn kit(&self, job: i64) -> i64 {
        let seed = |list, row| self.greenhouse.seed_record(list, row).unwrap();
        let jobs = [&self.job, &self.other];
        let stages = jobs.into_iter().find(|seeded| seeded.job_id == job);
        let stage = stages.and_then(|seeded| seeded.stage("Offer"));
        let planned = json!({"job_id": job, "job_interview_stage_id": stage, "name": "Talk"});
        let planned = seed("job_interviews", planned);
        seed(
            "interview_kits",
            json!({"job_id": job, "job_interview_id": planned}),
        )
    }
}
