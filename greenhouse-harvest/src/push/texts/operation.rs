//! Operations in Greenhouse, as they follow "Could not …" in the sync log.

pub(crate) const ATTACH_REPORT: &str = "attach the report";
pub(crate) const ATTACH_RESUME: &str = "attach the résumé";
pub(crate) const CREATE_APPLICATION: &str = "create the application";
pub(crate) const CREATE_CANDIDATE: &str = "create the candidate";
pub(crate) const FIND_APPLICATION: &str = "search for the application";
pub(crate) const FIND_CANDIDATE: &str = "search for the candidate";
pub(crate) const FIND_JOB: &str = "search for the mapped job";
pub(crate) const FIND_NOTE: &str = "search for the note";
pub(crate) const FIND_RATINGS: &str = "search for the ratings";
pub(crate) const FIND_REPORT: &str = "search for the report";
pub(crate) const FIND_RESUME: &str = "search for the résumé";
pub(crate) const FIND_SCORECARD: &str = "search for the scorecard";
pub(crate) const IDENTIFY_USER: &str = "identify the acting user";
pub(crate) const MOVE_APPLICATION: &str = "move the application";
pub(crate) const RATE_TRAITS: &str = "rate the traits";
pub(crate) const READ_APPLICATION: &str = "read the application";
pub(crate) const READ_APPLICATION_FIELDS: &str = "read the application's custom fields";
pub(crate) const READ_CANDIDATE: &str = "read the candidate";
pub(crate) const READ_CANDIDATE_FIELDS: &str = "read the candidate's custom fields and tags";
pub(crate) const READ_FIELDS: &str = "read the custom fields";
pub(crate) const READ_KITS: &str = "read the job's interview kits";
pub(crate) const READ_STAGE: &str = "read the application's stage";
pub(crate) const SET_APPLICATION_FIELDS: &str = "set the application's custom fields";
pub(crate) const SET_CANDIDATE_FIELDS: &str = "set the candidate's custom fields and tags";
pub(crate) const WRITE_NOTE: &str = "write the note";
pub(crate) const WRITE_SCORECARD: &str = "write the scorecard";
