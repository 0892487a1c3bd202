//! Addresses of pages in Greenhouse, for links on the operator's pages.

use crate::{ApplicationId, CandidateId};

/// URL of a candidate's profile in Greenhouse, opened at one of the candidate's applications if
/// given.
///
/// Greenhouse documents the path as the member `greenhouse_profile_url` of a `send_test` request,
/// with the host `app.greenhouse.io` (documented). A customer on another host of Greenhouse is
/// redirected to it after the sign-in (inferred).
///
/// ```
/// use greenhouse_core::{ApplicationId, CandidateId, profile_url};
///
/// let url = profile_url(CandidateId::new(7), Some(ApplicationId::new(8)));
/// assert_eq!(url, "https://app.greenhouse.io/people/7?application_id=8");
/// ```
pub fn profile_url(candidate: CandidateId, application: Option<ApplicationId>) -> String {
    let page = format!("https://app.greenhouse.io/people/{candidate}");
    match application {
        Some(application) => format!("{page}?application_id={application}"),
        None => page,
    }
}
