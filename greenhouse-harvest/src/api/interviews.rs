use chrono::{DateTime, NaiveDate, Utc};
use greenhouse_core::{ApplicationId, JobId, UserId};

use super::{
    filter::filter,
    ids::{InterviewId, JobInterviewId},
    row::row,
    words::words,
};
use crate::{HarvestClient, List, Route};

impl HarvestClient {
    /// Lists interviews of applications with `GET /v3/interviews` (filters documented, rows in the
    /// official description).
    pub fn interviews(&self, filter: &InterviewFilter) -> List<Interview> {
        List::new(self, LIST, &filter.query)
    }
}

filter! {
    /// Filter for interviews (documented). The format of days is not documented; the client sends
    /// days in the format of times.
    pub struct InterviewFilter of InterviewId {
        /// Filters by job.
        job_ids: [JobId],
        /// Filters by application.
        application_ids: [ApplicationId],
        /// Filters by planned interview.
        job_interview_ids: [JobInterviewId],
        /// Filters by organizer.
        organizer_ids: [UserId],
        /// Filters by start time.
        starts_at: TimeRange,
        /// Filters by end time.
        ends_at: TimeRange,
        /// Filters by the first day of an all-day interview.
        all_day_start_on: TimeRange,
        /// Filters by the last day of an all-day interview.
        all_day_end_on: TimeRange,
        /// Filters by id in the external calendar.
        external_event_id: String,
        /// Filters by status.
        status: InterviewStatus,
    }
}

row! {
    /// Interview with one candidate (official description). `Debug` shows only the id.
    pub struct Interview {
        /// Id.
        pub id: InterviewId,
        /// Job.
        pub job_id: Option<JobId>,
        /// Application.
        pub application_id: Option<ApplicationId>,
        /// Planned interview.
        pub job_interview_id: Option<JobInterviewId>,
        /// Start; absent for an all-day interview.
        pub starts_at: Option<DateTime<Utc>>,
        /// End.
        pub ends_at: Option<DateTime<Utc>>,
        /// First day of an all-day interview.
        pub all_day_start_on: Option<NaiveDate>,
        /// Last day of an all-day interview.
        pub all_day_end_on: Option<NaiveDate>,
        /// Location.
        pub location: Option<String>,
        /// Status.
        pub status: Option<InterviewStatus>,
        /// Organizer.
        pub organizer_id: Option<UserId>,
        /// Time at which the interview was scheduled.
        pub scheduled_at: Option<DateTime<Utc>>,
        /// Id in the external calendar.
        pub external_event_id: Option<String>,
        /// URL of the video conference.
        pub video_conferencing_url: Option<String>,
        /// Time at which the candidate sent their availability.
        pub availability_received_at: Option<DateTime<Utc>>,
        /// Creation time.
        pub created_at: Option<DateTime<Utc>>,
        /// Time of the last change.
        pub updated_at: Option<DateTime<Utc>>,
    }
}

words! {
    /// Status of an interview (official description).
    pub enum InterviewStatus {
        /// No time is set.
        ToBeScheduled = "to_be_scheduled",
        /// A time is set.
        Scheduled = "scheduled",
        /// The interview has ended and a scorecard is missing.
        AwaitingFeedback = "awaiting_feedback",
        /// The interview has ended and its scorecards are submitted.
        Complete = "complete",
        /// The interview is skipped.
        Skipped = "skipped",
        /// Scorecards must be requested.
        CollectFeedback = "collect_feedback",
        /// A test that has not been sent.
        ToBeSent = "to_be_sent",
        /// A test that was sent.
        Sent = "sent",
        /// A test that was returned.
        Received = "received",
    }
}

const LIST: Route = Route::get("/v3/interviews", "harvest:interviews:list");
