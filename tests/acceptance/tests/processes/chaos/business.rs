//! Another account on the same hosts. Candidates are sent tests and complete them, and assessments
//! are pushed manually.

use std::{collections::BTreeSet, time::Duration};

use demo_product::DemoProduct;
use futures_util::{StreamExt, stream};
use greenhouse_core::settings::PartnerKey;
use greenhouse_core::{
    AccountId, AssessmentId, Clock, InvitationId, ProductJobId, ScenarioId, Secret,
    platform::Person,
    scorecard::Score,
    settings::{AssessmentSettings, CompletionCredential},
    store::{NoticeState, Records},
};
use greenhouse_harvest::SystemClock;
use mock_greenhouse::{MockGreenhouse, Partner};
use reqwest::Client;
use serde_json::{Value, json};
use server::{
    Config,
    accounts::AccountConfig,
    databases,
    keys::{KeyPurpose, NewKey},
};

use crate::stage::{self, JOB, Stage};

pub(super) struct Business<'a> {
    greenhouse: &'a MockGreenhouse,
    config: Config,
    product: DemoProduct,
    account: AccountId,
    /// Address of the balancer.
    front: String,
    operator_token: Secret,
    client: Client,
}

impl<'a> Business<'a> {
    pub(super) async fn begin(stage: &'a Stage, port: u16) -> Self {
        let config = Config::read(Some(&stage.config), []).unwrap();
        let operator = NewKey::new(KeyPurpose::Operator).unwrap();
        let key = PartnerKey::mint().unwrap();
        let digests = operator.digest.into_iter().collect();
        let greenhouse = &stage.greenhouse;
        let mut account: AccountConfig = stage::account(greenhouse, digests);
        account.id = AccountId::new("zenith");
        let mut assessments = AssessmentSettings::new(vec![key.digest()]);
        let credential = greenhouse.completion_credential();
        assessments.completion = Some(CompletionCredential {
            user: credential.username.as_str().into(),
            password: credential.password.as_str().into(),
        });
        account.assessments = Some(assessments);
        let id = account.id.clone();
        databases::set_up(&config, &[account], None).await.unwrap();
        let front = format!("http://127.0.0.1:{port}");
        let endpoint = |name: &str| format!("{front}/api/greenhouse/{name}");
        greenhouse.set_partner(Partner::new(
            endpoint("list-tests"),
            endpoint("send-test"),
            endpoint("test-status"),
            endpoint("response-error"),
            key.into_secret().expose(),
        ));
        Self {
            greenhouse,
            product: databases::open_product(&config).await.unwrap(),
            config,
            account: id,
            front,
            operator_token: operator.key,
            client: Client::builder().no_proxy().build().unwrap(),
        }
    }

    /// Sends a test to each of `count` candidates, retries until the host accepts the test, and
    /// completes each test after the candidate was invited.
    pub(super) async fn send_and_finish(&self, count: usize) {
        let job = self
            .greenhouse
            .seed_job("Partner Manager", &["Take Home Test"]);
        let tests = (0..count).map(|number| async move {
            let email = format!("tested.{number}@example.org");
            let candidate = self.greenhouse.seed_candidate("Noor", "Haddad", &email);
            let application = self
                .greenhouse
                .seed_application(candidate, job.job_id)
                .unwrap();
            let mut sent = self.greenhouse.send_test(application, SCENARIO).await;
            while sent.is_err() {
                tokio::time::sleep(PAUSE).await;
                let all = self.greenhouse.take_home_tests();
                let test = all.iter().find(|test| test.application_id == application);
                sent = self.greenhouse.resend_test(test.unwrap().id).await;
            }
            let invitation = InvitationId::new(sent.unwrap().partner_interview_id.unwrap());
            let assessment = self.invited(&invitation).await;
            let path = format!("/product/assessments/{assessment}/complete");
            let result = json!({ "score": 81.5 });
            while self.ask(&path, Some(&result)).await.0 != Some(200) {
                tokio::time::sleep(PAUSE).await;
            }
        });
        let tests = stream::iter(tests).buffer_unordered(AT_ONCE);
        tests.collect::<()>().await;
    }

    /// Waits until the product has created the assessment of an invitation and returns its id.
    async fn invited(&self, invitation: &InvitationId) -> AssessmentId {
        loop {
            let all = self.product.assessments(&self.account).await.unwrap();
            let found = all
                .into_iter()
                .find(|one| one.invitation.as_ref() == Some(invitation));
            if let Some(found) = found {
                return found.id;
            }
            tokio::time::sleep(PAUSE).await;
        }
    }

    /// Pushes `count` assessments manually and retries each until it is done.
    pub(super) async fn push(&self, count: usize) {
        let pushes = (0..count).map(|number| async move {
            let assessment = self.completed(&email(number)).await;
            let path = format!("/api/integrations/greenhouse/push/{assessment}");
            loop {
                match self.ask(&path, None).await {
                    (Some(200), view) if view["state"] == "done" => return,
                    (None | Some(200 | 202 | 409 | 503), _) => {}
                    odd => panic!("{odd:?}"),
                }
                tokio::time::sleep(CLICK).await;
            }
        });
        let pushes = stream::iter(pushes).buffer_unordered(AT_ONCE);
        pushes.collect::<()>().await;
    }

    async fn completed(&self, email: &str) -> AssessmentId {
        let person = Person {
            first_name: "Noor".to_owned(),
            last_name: "Haddad".to_owned(),
            email: Some(email.to_owned()),
        };
        let (scenario, job) = (ScenarioId::new(SCENARIO), ProductJobId::new(JOB));
        let taken = self
            .product
            .take(&self.account, &scenario, Some(&job), &person);
        let id = taken.await.unwrap();
        let (score, now) = (Score::new(81.5).unwrap(), SystemClock.now());
        let completed = self
            .product
            .complete(&self.account, &id, score, &[], None, now);
        completed.await.unwrap();
        id
    }

    /// Returns the status and the body. The status is `None` without a complete response.
    async fn ask(&self, path: &str, body: Option<&Value>) -> (Option<u16>, Value) {
        let mut request = self
            .client
            .post(format!("{}{path}", self.front))
            .bearer_auth(self.operator_token.expose())
            .timeout(LONGEST_ANSWER);
        if let Some(body) = body {
            request = request
                .header("content-type", "application/json")
                .body(body.to_string());
        }
        let Ok(response) = request.send().await else {
            return (None, Value::Null);
        };
        let status = response.status().as_u16();
        match response.text().await {
            Ok(text) => {
                let body = serde_json::from_str(&text).unwrap_or(Value::String(text));
                (Some(status), body)
            }
            Err(_) => (None, Value::Null),
        }
    }

    /// Asserts that each test has one invitation, one assessment and one result in Greenhouse, and
    /// that each push has created one record of each kind.
    pub(super) async fn assert_right(&self, tests: usize, pushes: usize) {
        let asked = self.assert_tests(tests).await;
        self.assert_pushes(pushes);
        println!("{tests} tests, {asked} of them polled again, and {pushes} pushes, each once");
    }

    /// Returns the number of tests that were polled again. If the host is killed during a poll or a
    /// report request, Greenhouse receives no response, and Greenhouse is not known to repeat the
    /// request.
    async fn assert_tests(&self, count: usize) -> usize {
        let store = databases::open(&self.config).await.unwrap();
        let sent = self.greenhouse.take_home_tests();
        assert_eq!(sent.len(), count);
        let mut names = BTreeSet::new();
        let mut asked = 0;
        for test in sent {
            let id = InvitationId::new(test.partner_interview_id.clone().unwrap());
            assert!(
                names.insert(id.clone()),
                "two tests with the invitation {id}"
            );
            let found = store.invitation(&self.account, &id).await.unwrap().unwrap();
            assert_eq!(found.notice, NoticeState::Accepted, "{id}");
            assert!(test.completions > 0, "{test:?}");
            if test.status.as_deref() != Some("complete") || test.drop_reason.is_some() {
                asked += 1;
                self.greenhouse.test_status(id.as_str()).await.unwrap();
            }
        }
        for test in self.greenhouse.take_home_tests() {
            assert_eq!(test.status.as_deref(), Some("complete"), "{test:?}");
            assert_eq!(
                (test.score, &test.drop_reason),
                (Some(81.5), &None),
                "{test:?}"
            );
        }
        let all = self.product.assessments(&self.account).await.unwrap();
        let invited = all.iter().filter_map(|one| one.invitation.clone());
        let invited: Vec<InvitationId> = invited.collect();
        assert_eq!(invited.len(), count);
        assert_eq!(invited.into_iter().collect::<BTreeSet<_>>(), names);
        store.close().await;
        asked
    }

    fn assert_pushes(&self, count: usize) {
        let greenhouse = self.greenhouse;
        let emails: BTreeSet<String> = (0..count).map(email).collect();
        let candidates: Vec<_> = greenhouse
            .candidates()
            .into_iter()
            .filter(|one| one.email().is_some_and(|email| emails.contains(email)))
            .collect();
        assert_eq!(candidates.len(), count, "one candidate for each person");
        let (applications, files, notes) = (
            greenhouse.applications(),
            greenhouse.attachments(),
            greenhouse.notes(),
        );
        let scorecards = greenhouse.records("scorecards");
        for candidate in candidates {
            let own: Vec<_> = applications
                .iter()
                .filter(|one| one.candidate_id == candidate.id)
                .collect();
            assert_eq!(own.len(), 1, "{own:?}");
            let attached = files.iter().filter(|one| one.application_id == own[0].id);
            assert_eq!(attached.count(), 1, "reports of {}", candidate.id);
            let noted = notes.iter().filter(|one| one.candidate_id == candidate.id);
            let scored = scorecards
                .iter()
                .filter(|one| one.members["application_id"] == own[0].id);
            let results = noted.count() + scored.count();
            assert_eq!(results, 1, "scorecards of {}", candidate.id);
        }
    }
}

fn email(number: usize) -> String {
    format!("pushed.{number}@example.org")
}

const SCENARIO: &str = "discovery-call";
const AT_ONCE: usize = 4;
const PAUSE: Duration = Duration::from_millis(50);
const CLICK: Duration = Duration::from_millis(250);
const LONGEST_ANSWER: Duration = Duration::from_secs(15);
