//! Status and labels that Greenhouse shows for a test.
//!
//! Greenhouse treats `complete` as finished (documented), and shows any other status unchanged.

use greenhouse_core::store::InvitationState;

/// Returns the `partner_status` of an invitation.
pub(crate) fn status(state: InvitationState) -> &'static str {
    match state {
        InvitationState::Received => "invitation pending",
        InvitationState::Invited => "invited",
        InvitationState::Started => "in progress",
        InvitationState::Completed => "complete",
        InvitationState::Withdrawn => "withdrawn",
        InvitationState::Expired => "expired",
        InvitationState::Refused => "invitation failed",
        InvitationState::Reopened => "open again",
        _ => "in progress",
    }
}

/// Status of an assessment that the product no longer has.
pub(crate) const GONE: &str = "no longer available";
/// Status of a completed test whose report is not available yet.
pub(crate) const WITHOUT_REPORT: &str = "waiting for the report";

/// Label of the recommendation.
pub(crate) const RECOMMENDATION: &str = "Recommendation";
/// Label of the start time.
pub(crate) const STARTED_AT: &str = "Started At";
/// Label of the completion time.
pub(crate) const COMPLETED_AT: &str = "Completed At";
