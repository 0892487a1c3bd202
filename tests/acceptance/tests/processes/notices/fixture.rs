//! Completed tests whose notices are still due.

use std::time::Duration;

use futures_util::{StreamExt, stream};
use greenhouse_core::settings::PartnerKey;
use greenhouse_core::{
    AccountId, InvitationId,
    settings::{AssessmentSettings, CompletionCredential},
    store::{Records, TaskKind, TaskQueue},
};
use mock_greenhouse::{MockGreenhouse, Partner};

use super::front::{self, Front};
use crate::stage::{ACCOUNT, Place, Stage};

/// Creates a Greenhouse, the databases of hosts that are configured with `times`, and the host that
/// serves Greenhouse.
pub(crate) async fn set(
    database: Option<String>,
    times: &str,
    latency: Duration,
) -> (Stage, Front) {
    let (listener, public_url) = front::listen().await;
    let place = Place {
        public_url: public_url.clone(),
        database,
    };
    let key = PartnerKey::mint().unwrap();
    let digest = key.digest();
    let mut stage = Stage::set_at(place, times, |greenhouse, account| {
        let mut assessments = AssessmentSettings::new(vec![digest]);
        let credential = greenhouse.completion_credential();
        assessments.completion = Some(CompletionCredential {
            user: credential.username.as_str().into(),
            password: credential.password.as_str().into(),
        });
        account.assessments = Some(assessments);
    })
    .await;
    stage.latency = latency;
    let front = Front::open(&stage, listener).await;
    let endpoint = |name: &str| format!("{public_url}api/greenhouse/{name}");
    stage.greenhouse.set_partner(Partner::new(
        endpoint("list-tests"),
        endpoint("send-test"),
        endpoint("test-status"),
        endpoint("response-error"),
        key.into_secret().expose(),
    ));
    (stage, front)
}

/// Sends a test to each of `count` candidates, runs the tasks that invite them, and completes the
/// tests.
pub(crate) async fn finished(
    greenhouse: &MockGreenhouse,
    front: &Front,
    count: usize,
) -> Vec<InvitationId> {
    let job = greenhouse.seed_job("Partner Manager", &["Take Home Test"]);
    let sending = (0..count).map(|number| async move {
        let email = format!("candidate.{number}@example.org");
        let candidate = greenhouse.seed_candidate("Noor", "Haddad", &email);
        let application = greenhouse.seed_application(candidate, job.job_id).unwrap();
        let sent = greenhouse.send_test(application, "discovery-call").await;
        InvitationId::new(sent.unwrap().partner_interview_id.unwrap())
    });
    let sent = stream::iter(sending).buffered(AT_ONCE);
    let invitations: Vec<InvitationId> = sent.collect().await;
    front.run_due().await;
    let completing = invitations.iter().map(|id| async move {
        let found = front.store.invitation(&account(), id).await.unwrap();
        front.complete(&found.unwrap().assessment.unwrap()).await;
    });
    let completed = stream::iter(completing).buffer_unordered(AT_ONCE);
    completed.collect::<()>().await;
    assert_eq!(due(front).await, count as u64);
    invitations
}

/// Returns the number of due notices.
pub(crate) async fn due(front: &Front) -> u64 {
    let backlog = front.store.backlog(&account(), &[TaskKind::Notify]).await;
    backlog.unwrap().count
}

pub(crate) fn account() -> AccountId {
    AccountId::new(ACCOUNT)
}

const AT_ONCE: usize = 8;
