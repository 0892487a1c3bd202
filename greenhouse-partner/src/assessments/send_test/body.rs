//! Body of a `send_test` as documented, for the OpenAPI document. Parsing accepts more, see
//! [`request`](super::request).

use greenhouse_core::ScenarioId;
use schemars::JsonSchema;
use url::Url;

/// Request that a candidate takes a test. Older forms and unknown members are also accepted.
#[derive(JsonSchema)]
#[expect(dead_code, reason = "only its schema is used")]
pub(crate) struct SendTestBody {
    /// Id of the test.
    partner_test_id: ScenarioId,
    /// The candidate.
    candidate: SendTestCandidate,
    /// Address to which the completion notice is sent.
    url: Option<Url>,
    /// Email address of the recruiter.
    sent_by: Option<String>,
}

/// Candidate of a test.
#[derive(JsonSchema)]
#[expect(dead_code, reason = "only its schema is used")]
struct SendTestCandidate {
    /// Given name.
    first_name: Option<String>,
    /// Family name.
    last_name: Option<String>,
    /// Name that the candidate prefers.
    preferred_name: Option<String>,
    /// Email address.
    email: String,
    /// Phone number.
    phone_number: Option<String>,
    /// Link to the résumé, valid for seven days.
    resume_url: Option<Url>,
    /// Address of the candidate in Greenhouse, with the ids of the candidate and the application.
    greenhouse_profile_url: Option<Url>,
}
