use crate::assessment::{self, AssessmentError, PartnerTest, TestStatus};
use crate::handle::MockGreenhouse;
use crate::rows::TakeHomeTest;

/// Calls to the assessment partner. Every response is checked against the documentation. A
/// malformed response is reported to the partner with `response_error`, recorded as a complaint,
/// and returned as [`AssessmentError::Malformed`].
impl MockGreenhouse {
    /// Requests the list of the partner's tests.
    ///
    /// # Errors
    ///
    /// [`AssessmentError`] if no partner is configured, or if the partner sends no response, a
    /// status other than 2xx, or a malformed body.
    pub async fn list_tests(&self) -> Result<Vec<PartnerTest>, AssessmentError> {
        assessment::list_tests(&self.world).await
    }

    /// Sends a test to the candidate of an active application, with a new URL for the completion
    /// call.
    ///
    /// The test is stored even if the call fails, without a `partner_interview_id`.
    /// [`resend_test`](Self::resend_test) retries the call.
    ///
    /// # Errors
    ///
    /// The same as for [`list_tests`](Self::list_tests). Also fails if the application does not
    /// exist or is not active, or if the candidate has no e-mail address.
    pub async fn send_test(
        &self,
        application: i64,
        partner_test_id: &str,
    ) -> Result<TakeHomeTest, AssessmentError> {
        assessment::send_test(&self.world, application, partner_test_id).await
    }

    /// Repeats the request for a test with the same URL, as a retry and not as a second test
    /// (inferred).
    ///
    /// # Errors
    ///
    /// The same as for [`send_test`](Self::send_test).
    pub async fn resend_test(&self, take_home_test: i64) -> Result<TakeHomeTest, AssessmentError> {
        assessment::resend_test(&self.world, take_home_test).await
    }

    /// Requests the status of a test. A complete result is stored with its test if the report link
    /// is public; otherwise, the result is dropped and the reason is recorded. The status of an id
    /// without a test can also be requested.
    ///
    /// # Errors
    ///
    /// The same as for [`list_tests`](Self::list_tests).
    pub async fn test_status(
        &self,
        partner_interview_id: &str,
    ) -> Result<TestStatus, AssessmentError> {
        assessment::test_status(&self.world, partner_interview_id).await
    }

    /// Requests the status of every due test, by the mock's clock: hourly after sending, until the
    /// test is complete, its candidate is hired, or 8 weeks have passed. Returns these tests with
    /// their new status. While the clock runs, this happens automatically; while it is held, only
    /// this method does it.
    pub async fn poll_due(&self) -> Vec<TakeHomeTest> {
        assessment::poll_due(&self.world).await
    }
}
