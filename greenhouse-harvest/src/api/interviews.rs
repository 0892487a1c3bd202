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
    /// `GET /v3/interviews`: the interviews of applications (filters documented, rows in the official description).
    pub fn interviews(&self, filter: &InterviewFilter) -> List<Interview> {
        List::new(self, LIST, &filter.query)
    }
}

filter! {
    /// Which interviews to list (documented). In which form Greenhouse takes days is not: they are asked for as times are.
    pub struct InterviewFilter of InterviewId {
        /// Of these jobs.
        job_ids: [JobId],
        /// Of these applications.
        application_ids: [ApplicationId],
        /// Of these planned interviews.
        job_interview_ids: [JobInterviewId],
        /// Arranged by these users.
        organizer_ids: [UserId],
        /// Beginning then.
        starts_at: TimeRange,
        /// Ending then.
        ends_at: TimeRange,
        /// Whose first whole day is then.
        all_day_start_on: TimeRange,
        /// Whose last whole day is then.
        all_day_end_on: TimeRange,
        /// That calendars know by this.
        external_event_id: String,
        /// That stand so.
        status: InterviewStatus,
    }
}

row! {
    /// An interview with one candidate (official description). Debug shows the id only.
    pub struct Interview {
        /// The id.
        pub id: InterviewId,
        /// The job.
        pub job_id: Option<JobId>,
        /// The application.
        pub application_id: Option<ApplicationId>,
        /// The planned interview.
        pub job_interview_id: Option<JobInterviewId>,
        /// When it begins; none for one of whole days.
        pub starts_at: Option<DateTime<Utc>>,
        /// When it ends.
        pub ends_at: Option<DateTime<Utc>>,
        /// The first day of one of whole days.
        pub all_day_start_on: Option<NaiveDate>,
        /// The last day of one of whole days.
        pub all_day_end_on: Option<NaiveDate>,
        /// Where it is.
        pub location: Option<String>,
        /// How it stands.
        pub status: Option<InterviewStatus>,
        /// Who arranged it.
        pub organizer_id: Option<UserId>,
        /// When it was arranged.
        pub scheduled_at: Option<DateTime<Utc>>,
        /// By what the calendar knows it.
        pub external_event_id: Option<String>,
        /// Where to join it.
        pub video_conferencing_url: Option<String>,
        /// When the candidate said when it suits.
        pub availability_received_at: Option<DateTime<Utc>>,
        /// When it was made.
        pub created_at: Option<DateTime<Utc>>,
        /// When it was last changed.
        pub updated_at: Option<DateTime<Utc>>,
    }
}

words! {
    /// How an interview stands (official description).
    pub enum InterviewStatus {
        /// Without a time.
        ToBeScheduled = "to_be_scheduled",
        /// With a time.
        Scheduled = "scheduled",
        /// It has been, and a scorecard is missing.
        AwaitingFeedback = "awaiting_feedback",
        /// It has been, and its scorecards are there.
        Complete = "complete",
        /// It is left out.
        Skipped = "skipped",
        /// Scorecards are to be asked for.
        CollectFeedback = "collect_feedback",
        /// A test that is not sent yet.
        ToBeSent = "to_be_sent",
        /// A test that is sent.
        Sent = "sent",
        /// A test that is back.
        Received = "received",
    }
}

const LIST: Route = Route::get("/v3/interviews", "harvest:interviews:list");
