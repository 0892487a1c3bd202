use super::words::words;

words! {
    /// Event of a webhook. Each webhook has one event from this closed list (official description).
    /// A `ping` is sent without a subscription.
    pub enum WebhookAction {
        /// An application was changed, other than by a move.
        ApplicationUpdated = "application_updated",
        /// A candidate's data was removed.
        CandidateAnonymized = "candidate_anonymized",
        /// An application was moved.
        CandidateStageChange = "candidate_stage_change",
        /// An application was deleted.
        DeleteApplication = "delete_application",
        /// A candidate was deleted, or merged into another if no webhook for merges exists.
        DeleteCandidate = "delete_candidate",
        /// A department was deleted.
        DepartmentDeleted = "department_deleted",
        /// A candidate was hired.
        HireCandidate = "hire_candidate",
        /// An interview was deleted.
        InterviewDeleted = "interview_deleted",
        /// A job was approved.
        JobApproved = "job_approved",
        /// A job was created.
        JobCreated = "job_created",
        /// A job was deleted.
        JobDeleted = "job_deleted",
        /// A stage of a job's plan was deleted.
        JobInterviewStageDeleted = "job_interview_stage_deleted",
        /// A job post was created.
        JobPostCreated = "job_post_created",
        /// A job post was deleted.
        JobPostDeleted = "job_post_deleted",
        /// A job post was changed.
        JobPostUpdated = "job_post_updated",
        /// A job was changed.
        JobUpdated = "job_updated",
        /// Two candidates were merged.
        MergeCandidate = "merge_candidate",
        /// A candidate applied.
        NewCandidateApplication = "new_candidate_application",
        /// A prospect was added.
        NewProspectApplication = "new_prospect_application",
        /// An offer was approved.
        OfferApproved = "offer_approved",
        /// An offer or a new version of it was created.
        OfferCreated = "offer_created",
        /// An offer was deleted.
        OfferDeleted = "offer_deleted",
        /// An offer was changed, which includes acceptance.
        OfferUpdated = "offer_updated",
        /// An office was deleted.
        OfficeDeleted = "office_deleted",
        /// An application was rejected.
        RejectCandidate = "reject_candidate",
        /// A scorecard was deleted.
        ScorecardDeleted = "scorecard_deleted",
        /// A hire was undone.
        UnhireCandidate = "unhire_candidate",
        /// A rejection was undone.
        UnrejectCandidate = "unreject_candidate",
        /// A candidate was changed.
        UpdateCandidate = "update_candidate",
    }
}
