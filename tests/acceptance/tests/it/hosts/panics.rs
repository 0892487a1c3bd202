//! A product that panics on some of its calls.

mod product;
mod scene;

use std::{collections::BTreeMap, time::Duration};

use greenhouse_core::{AssessmentId, platform::Outcome};
use serde_json::json;

use self::{
    product::Call,
    scene::{Scene, wait},
};
use super::setup::Setup;

/// The product panics on one invitation, one outcome and two pushes, before and after a restart.
/// Every other task is done. A person sees the four failures and retries them after the product is
/// fixed.
pub(crate) async fn a_panicking_product_stops_no_other_task(setup: Setup) {
    let scene = Scene::set(setup.framework(), &ACCOUNTS).await;
    let host = scene.start().await;
    let mut story = Story::begin(&scene).await;
    story.others_are_done().await;
    story.panic_until(2, Duration::from_secs(5)).await;
    assert!(story.repeated.iter().all(|call| story.panics(call) < 5));
    host.stop().await;

    let host = scene.start().await;
    story.panic_until(5, Duration::from_secs(60)).await;
    story.are_shown().await;
    story.others_are_done().await;
    host.stop().await;

    // A parked task or a failed push does not run automatically.
    let host = scene.start().await;
    scene.clock.advance(Duration::from_secs(3600));
    tokio::time::sleep(Duration::from_millis(500)).await;
    assert!(story.repeated.iter().all(|call| story.panics(call) == 5));
    story.are_shown().await;

    // While the product still panics, a retried task is parked again.
    let acme = scene.account("acme");
    let entry = scene.failed(acme).await.remove(0);
    assert_eq!(scene.retry(acme, &entry).await, 202);
    story.repeated.truncate(1);
    story.panic_until(10, Duration::from_secs(60)).await;
    story.are_shown().await;

    scene.product.correct();
    for account in &scene.accounts {
        for entry in scene.failed(account).await {
            let status = scene.retry(account, &entry).await;
            assert!([200, 202].contains(&status), "{status}: {entry}");
        }
    }
    story.everything_is_done_once().await;
    assert_eq!(scene.readiness().await, 200);
    host.stop().await;
    scene.greenhouse.assert_no_problems();
}

struct Story<'a> {
    scene: &'a Scene,
    /// Calls into the product that panic.
    faults: Vec<Call>,
    /// Panicking calls whose task is repeated.
    repeated: Vec<Call>,
    /// E-mail addresses of invited candidates, by account.
    invited: BTreeMap<&'static str, Vec<String>>,
    outcomes: BTreeMap<&'static str, Vec<(AssessmentId, Outcome)>>,
    pushes: BTreeMap<&'static str, Vec<AssessmentId>>,
}

impl<'a> Story<'a> {
    /// Requests every invitation, outcome and push, so that all tasks are stored.
    async fn begin(scene: &'a Scene) -> Self {
        let (mut invited, mut outcomes, mut pushes) =
            (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
        for name in ACCOUNTS {
            let account = scene.account(name);
            let mut told = Vec::new();
            for outcome in [Outcome::Rejected, Outcome::Hired] {
                let email = email(name, outcome.as_str());
                let id = scene.completed(account, &email).await;
                scene.push(account, &id).await;
                told.push((id, outcome));
            }
            outcomes.insert(name, told);
            let mut ids = Vec::new();
            for number in 1..=3 {
                let email = email(name, &format!("pushed-{number}"));
                ids.push(scene.completed(account, &email).await);
            }
            pushes.insert(name, ids);
            let emails = (1..=3).map(|number| email(name, &format!("invited-{number}")));
            invited.insert(name, emails.collect::<Vec<_>>());
        }
        let invite = Call::Invite(invited["acme"][0].clone());
        let outcome = Call::Outcome(outcomes["bolt"][0].0.clone());
        let read = Call::Assessment(pushes["core"][0].clone());
        let report = Call::Report(pushes["core"][1].clone());
        for call in [&invite, &outcome, &report] {
            scene.product.panic_on(call.clone(), 0);
        }
        // The push request reads the assessment once.
        scene.product.panic_on(read.clone(), 1);

        for name in ACCOUNTS {
            let account = scene.account(name);
            for email in &invited[name] {
                scene.send_test(account, email).await;
            }
            for (id, outcome) in &outcomes[name] {
                let application = scene.pushed_to(account, id).await;
                let sent = match outcome {
                    Outcome::Rejected => scene.greenhouse.reject(application).await.unwrap(),
                    _ => scene.greenhouse.hire(application).await.unwrap(),
                };
                assert!(sent.iter().all(|delivery| delivery.is_delivered()));
            }
            for id in &pushes[name] {
                scene.push(account, id).await;
            }
        }
        Self {
            scene,
            faults: vec![
                invite.clone(),
                outcome.clone(),
                read.clone(),
                report.clone(),
            ],
            repeated: vec![invite, outcome, read, report],
            invited,
            outcomes,
            pushes,
        }
    }

    fn panics(&self, call: &Call) -> usize {
        self.scene.product.panics(call)
    }

    /// Advances the clock by steps until each of the repeated calls has panicked this many times.
    async fn panic_until(&self, panics: usize, step: Duration) {
        for _ in 0..500 {
            assert_eq!(self.scene.readiness().await, 200);
            if self.repeated.iter().all(|call| self.panics(call) >= panics) {
                return;
            }
            self.scene.clock.advance(step);
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("too few panics: {:?}", self.scene.product);
    }

    /// Waits until every task is done except those on which the product panics.
    async fn others_are_done(&self) {
        self.done(|call| !self.faults.contains(call)).await;
        assert_eq!(self.scene.readiness().await, 200);
    }

    /// Waits until the tasks of all calls for which `counts` returns `true` are done.
    async fn done(&self, counts: impl Fn(&Call) -> bool) {
        let product = self.scene.product.product();
        for account in &self.scene.accounts {
            let (name, id) = (account.id.as_str(), &account.id);
            for email in &self.invited[name] {
                if !counts(&Call::Invite(email.clone())) {
                    continue;
                }
                let is_invited = async || {
                    let all = product.assessments(id).await.unwrap();
                    let mut emails = all.iter().map(|one| one.person.email.as_ref());
                    emails.any(|found| found == Some(email))
                };
                wait(email, is_invited).await;
            }
            for (assessment, outcome) in &self.outcomes[name] {
                if !counts(&Call::Outcome(assessment.clone())) {
                    continue;
                }
                let is_told = async || {
                    let found = product.outcome_of(id, assessment).await.unwrap();
                    found.is_some_and(|(found, _)| found == *outcome)
                };
                wait(&format!("{name} {assessment} {outcome:?}"), is_told).await;
            }
            for assessment in &self.pushes[name] {
                let call = [
                    Call::Assessment(assessment.clone()),
                    Call::Report(assessment.clone()),
                ];
                if call.iter().all(&counts) {
                    self.scene.pushed_to(account, assessment).await;
                }
            }
        }
    }

    /// Asserts that the sync log and health show each of the four failures with a remedy.
    async fn are_shown(&self) {
        let scene = self.scene;
        for (name, subject, count, text) in [
            (
                "acme",
                "task",
                1,
                "The invitation of a candidate crashed 5 times",
            ),
            (
                "bolt",
                "task",
                1,
                "The report of an outcome to the product crashed 5 times",
            ),
            (
                "core",
                "push",
                2,
                "The product or a step of the push crashed",
            ),
        ] {
            let account = scene.account(name);
            let shown = async || scene.failed(account).await.len() == count;
            wait(text, shown).await;
            for entry in scene.failed(account).await {
                assert_eq!(
                    (&entry["subject"], &entry["retry"]),
                    (&json!(subject), &json!(true))
                );
                let found = entry["text"].as_str().unwrap();
                assert!(found.contains(text) && !found.contains("Noor"), "{found}");
                assert!(found.contains("retry"), "{found}");
            }
            let (check, state) = match subject {
                "task" => ("parked_tasks", "problem"),
                _ => ("failed_pushes", "warning"),
            };
            let check = scene.check(account, check).await;
            assert_eq!(check["state"], state, "{check}");
            assert!(check["remedy"].is_string(), "{check}");
        }
        assert_eq!(scene.readiness().await, 200);
    }

    /// Asserts that no entry is failed and no record is duplicated.
    async fn everything_is_done_once(&self) {
        let scene = self.scene;
        self.done(|_| true).await;
        for account in &scene.accounts {
            let name = account.id.as_str();
            let is_calm = async || scene.failed(account).await.is_empty();
            wait("no entry is failed", is_calm).await;
            assert_eq!(scene.check(account, "parked_tasks").await["state"], "ok");
            assert!(scene.check(account, "failed_pushes").await.is_null());
            // Each push schedules a check of earlier webhooks.
            let is_calm = async || {
                scene.clock.advance(Duration::from_secs(10));
                scene.check(account, "backlog").await["text"] == "No task is waiting."
            };
            wait("no task is waiting", is_calm).await;

            let product = scene.product.product();
            let mut emails: Vec<_> = product.assessments(&account.id).await.unwrap();
            emails.sort_by(|one, other| one.person.email.cmp(&other.person.email));
            let count = emails.len();
            emails.dedup_by(|one, other| one.person.email == other.person.email);
            assert_eq!((emails.len(), count), (8, 8), "{name}");
        }
        let greenhouse = &scene.greenhouse;
        let by_candidate = |ids: Vec<i64>| {
            let mut counts = BTreeMap::<i64, usize>::new();
            ids.into_iter()
                .for_each(|id| *counts.entry(id).or_default() += 1);
            counts
        };
        let candidates = greenhouse.candidates();
        let mut emails: Vec<_> = candidates
            .iter()
            .flat_map(|candidate| candidate.email_addresses.iter())
            .map(|address| address.value.clone())
            .collect();
        emails.sort_unstable();
        emails.dedup();
        let per_account = 3 + 2 + 3;
        assert_eq!(emails.len(), ACCOUNTS.len() * per_account);
        assert_eq!(candidates.len(), emails.len(), "each candidate once");
        let applications = greenhouse.applications();
        let applications = by_candidate(applications.iter().map(|one| one.candidate_id).collect());
        assert_eq!(applications.len(), candidates.len());
        assert!(applications.values().all(|count| *count == 1));

        let pushed = ACCOUNTS.len() * (2 + 3);
        let files = greenhouse.attachments();
        let files = by_candidate(files.iter().map(|one| one.application_id).collect());
        let notes = greenhouse.notes();
        let notes = by_candidate(notes.iter().map(|one| one.candidate_id).collect());
        for counts in [files, notes] {
            assert_eq!(counts.len(), pushed);
            assert!(counts.values().all(|count| *count == 1), "{counts:?}");
        }
    }
}

fn email(account: &str, name: &str) -> String {
    format!("{account}-{name}@example.org")
}

const ACCOUNTS: [&str; 3] = ["acme", "bolt", "core"];
