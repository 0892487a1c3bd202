use crate::rows::tables::Table;
use crate::rows::tables::{day, flag, id, number, one_of, table, text, time};

/// The interviews of a job's plan (official specification).
pub(super) const JOB_INTERVIEWS: Table = table!(
    "job_interviews",
    "Job interview",
    &[
        id("job_id"),
        id("job_interview_stage_id"),
        text("name"),
        number("sort_order", 0),
        one_of(
            "scheduling_type",
            &["none", "needs_scheduling", "take_home_test", "offer"],
        )
        .or_null(),
        id("duration").or_null(),
        text("summary").or_null(),
        text("instructions").or_null(),
        flag("active", true),
        flag("require_scorecard", false).or_null(),
    ],
    &[
        ("job_ids", "job_id"),
        ("job_interview_stage_ids", "job_interview_stage_id"),
        ("active", "active"),
        ("scheduling_type", "scheduling_type"),
    ],
);

/// Interview kits, the guides for interviewers (official specification). No call creates one.
pub(super) const KITS: Table = table!(
    "interview_kits",
    "Interview kit",
    &[
        id("job_id"),
        id("job_interview_id"),
        text("exercises").or_null(),
        flag("anonymize_candidate", false).or_null(),
        flag("anonymize_resumes", false).or_null(),
    ],
    &[
        ("job_ids", "job_id"),
        ("job_interview_ids", "job_interview_id"),
    ],
);

/// Interviews of applications (official specification).
pub(super) const INTERVIEWS: Table = table!(
    "interviews",
    "Interview",
    &[
        id("job_id"),
        id("application_id"),
        id("job_interview_id"),
        time("starts_at"),
        time("ends_at"),
        day("all_day_start_on"),
        day("all_day_end_on"),
        text("location").or_null(),
        one_of(
            "status",
            &[
                "to_be_scheduled",
                "scheduled",
                "awaiting_feedback",
                "complete",
                "skipped",
                "collect_feedback",
                "to_be_sent",
                "sent",
                "received",
            ],
        ),
        id("organizer_id").or_null(),
        time("scheduled_at"),
        text("external_event_id").or_null(),
        text("video_conferencing_url").or_null(),
        time("availability_received_at"),
    ],
    &[
        ("job_ids", "job_id"),
        ("application_ids", "application_id"),
        ("job_interview_ids", "job_interview_id"),
        ("organizer_ids", "organizer_id"),
        ("starts_at", "starts_at"),
        ("ends_at", "ends_at"),
        ("all_day_start_on", "all_day_start_on"),
        ("all_day_end_on", "all_day_end_on"),
        ("external_event_id", "external_event_id"),
        ("status", "status"),
    ],
);

/// Interviewers of an interview (official specification). `scorecard_id` is the id of a placeholder
/// scorecard for each assigned interviewer (documented).
pub(super) const INTERVIEWERS: Table = table!(
    "interviewers",
    "Interviewer",
    &[
        id("interview_id"),
        id("user_id").or_null(),
        id("scorecard_id").or_null(),
        text("email").or_null(),
        one_of(
            "response_status",
            &["needs_action", "declined", "tentative", "accepted"],
        )
        .or_null(),
    ],
    &[
        ("interview_ids", "interview_id"),
        ("user_ids", "user_id"),
        ("scorecard_ids", "scorecard_id"),
        ("response_status", "response_status"),
    ],
);
