use crate::assessment::{self, AssessmentError, PartnerTest, TestStatus};
use crate::handle::MockGreenhouse;
use crate::rows::TakeHomeTest;

/// Calling the assessment partner. Every answer is checked by the documentation; a malformed one is told to the partner by
/// `response_error`, kept as a complaint, and returned as [`AssessmentError::Malformed`].
impl MockGreenhouse {
    /// Asks for the partner's tests.
    ///
    /// # Errors
    ///
    /// [`AssessmentError`] if there is no partner, no answer, no 2xx, or a malformed body.
    pub async fn list_tests(&self) -> Result<Vec<PartnerTest>, AssessmentError> {
        assessment::list_tests(&self.world).await
    }

    /// Sends a test to the candidate of an active application, under a new address for the completion call.
    ///
    /// The test is kept even when the call fails, without a `partner_interview_id`; [`resend_test`](Self::resend_test) tries again.
    ///
    /// # Errors
    ///
    /// As [`list_tests`](Self::list_tests); besides, if there is no such application, it is not active, or the candidate has no e-mail.
    pub async fn send_test(
        &self,
        application: i64,
        partner_test_id: &str,
    ) -> Result<TakeHomeTest, AssessmentError> {
        assessment::send_test(&self.world, application, partner_test_id).await
    }

    /// Repeats the request of a test that was sent, under the same address: a retry, not a second test (inferred).
    ///
    /// # Errors
    ///
    /// As [`send_test`](Self::send_test).
    pub async fn resend_test(&self, take_home_test: i64) -> Result<TakeHomeTest, AssessmentError> {
        assessment::resend_test(&self.world, take_home_test).await
    }

    /// Asks how a test stands. A complete result is stored with its test, once its link has opened for the public, or dropped with a
    /// reason; an id that no test has is asked for all the same.
    ///
    /// # Errors
    ///
    /// As [`list_tests`](Self::list_tests).
    pub async fn test_status(
        &self,
        partner_interview_id: &str,
    ) -> Result<TestStatus, AssessmentError> {
        assessment::test_status(&self.world, partner_interview_id).await
    }

    /// Asks for every test that is due by the mock's clock: hourly from the sending on, until it is complete, its candidate is hired,
    /// or 8 weeks are over. Returns the tests that were asked for, with what came of it. While the clock runs this happens by itself;
    /// on a held clock only here.
    pub async fn poll_due(&self) -> Vec<TakeHomeTest> {
        assessment::poll_due(&self.world).await
    }
}
