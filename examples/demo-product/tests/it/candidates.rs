use std::collections::BTreeMap;

use demo_product::ProductError;
use greenhouse_core::{
    AccountId, AssessmentId, ProductJobId, ScenarioId,
    platform::{Assessment, AssessmentPlatform, AssessmentState, PlatformError, Scenario},
    scorecard::Score,
};

use crate::support::{Shop, account, at, invite, open, person, scenario, traits};

#[tokio::test]
async fn scenarios_and_jobs_are_listed_per_account_in_insertion_order() {
    let shop = Shop::open().await;
    for (id, name) in [("a", "A"), ("cold-call", "Cold call, renamed")] {
        let scenario = Scenario {
            id: ScenarioId::new(id),
            name: name.to_owned(),
        };
        let added = shop.product.add_scenario(&account(), &scenario).await;
        added.unwrap();
    }
    let scenarios = shop.product.scenarios(&account()).await.unwrap();
    let names: Vec<_> = scenarios.iter().map(|one| one.name.as_str()).collect();
    assert_eq!(names, ["Cold call, renamed", "A"]);
    let jobs = shop.product.jobs(&account()).await.unwrap();
    assert_eq!(jobs[0].id.as_str(), "ae");
    let other = AccountId::new("other");
    assert_eq!(shop.product.scenarios(&other).await.unwrap(), []);
    assert_eq!(shop.product.jobs(&other).await.unwrap(), []);
}

/// The settings of such an account map scenarios to Greenhouse jobs.
#[tokio::test]
async fn an_account_without_jobs_uses_its_scenarios() {
    let shop = Shop::open().await;
    let other = AccountId::new("other");
    for (id, name) in [("b", "Second"), ("a", "First")] {
        let scenario = Scenario {
            id: ScenarioId::new(id),
            name: name.to_owned(),
        };
        shop.product.add_scenario(&other, &scenario).await.unwrap();
    }
    let jobs = shop.product.jobs(&other).await.unwrap();
    let jobs: Vec<_> = jobs
        .iter()
        .map(|job| (job.id.as_str(), job.name.as_str()))
        .collect();
    assert_eq!(jobs, [("b", "Second"), ("a", "First")]);

    let job_of = async |account: &AccountId, id: &AssessmentId| {
        let read = shop.product.assessment(account, id).await;
        read.unwrap().unwrap().job
    };
    let mut invite = invite("i");
    invite.scenario = ScenarioId::new("b");
    let invited = shop.product.invite(&other, &invite).await.unwrap();
    let (scenario_a, anonymous) = (ScenarioId::new("a"), person(None));
    let taken = shop
        .product
        .take(&other, &scenario_a, None, &anonymous)
        .await;
    for (id, job) in [(invited, "b"), (taken.unwrap(), "a")] {
        assert_eq!(job_of(&other, &id).await, Some(ProductJobId::new(job)));
    }
    // In an account with jobs, an assessment has no job by default.
    let taken = shop
        .product
        .take(&account(), &scenario(), None, &anonymous)
        .await;
    assert_eq!(job_of(&account(), &taken.unwrap()).await, None);
}

#[tokio::test]
async fn an_invitation_creates_one_assessment() {
    let shop = Shop::open().await;
    let first = shop.product.invite(&account(), &invite("i")).await.unwrap();
    let again = shop.product.invite(&account(), &invite("i")).await.unwrap();
    assert_eq!(first, again);
    let second = shop.product.invite(&account(), &invite("j")).await.unwrap();
    assert_ne!(first, second);
    let assessments = shop.product.assessments(&account()).await.unwrap();
    let ids: Vec<_> = assessments.iter().map(|one| &one.id).collect();
    assert_eq!(ids, [&second, &first]);
    let assessment = shop.read(&first).await;
    assert_eq!(assessment.state, AssessmentState::Invited);
    assert_eq!(assessment.invitation, Some(invite("i").invitation));
    assert_eq!(assessment.person, invite("i").person);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_hosts_that_invite_concurrently_create_one_assessment() {
    let shop = Shop::open().await;
    let hosts = [shop.product.clone(), open(&shop.folder).await];
    let invites = hosts.map(|host| {
        tokio::spawn(async move { host.invite(&account(), &invite("i")).await.unwrap() })
    });
    let [one, other] = invites;
    assert_eq!(one.await.unwrap(), other.await.unwrap());
    let assessments = shop.product.assessments(&account()).await.unwrap();
    assert_eq!(assessments.len(), 1);
}

#[tokio::test]
async fn an_unknown_scenario_is_rejected() {
    let shop = Shop::open().await;
    let mut unknown = invite("i");
    unknown.scenario = ScenarioId::new("unknown");
    let refused = shop.product.invite(&account(), &unknown).await;
    assert!(matches!(
        refused,
        Err(PlatformError::NotFound { what: "scenario" })
    ));
    let other = AccountId::new("other");
    let refused = shop.product.invite(&other, &invite("i")).await;
    assert!(matches!(
        refused,
        Err(PlatformError::NotFound { what: "scenario" })
    ));
}

#[tokio::test]
async fn an_assessment_starts_and_completes_once() {
    let shop = Shop::open().await;
    let id = shop.take(Some("jane@example.com")).await;
    let product = &shop.product;
    for seconds in [10, 20] {
        product.start(&account(), &id, at(seconds)).await.unwrap();
    }
    assert_eq!(shop.read(&id).await.state, AssessmentState::Started);
    shop.complete(&id).await;
    let metadata = BTreeMap::from([("Attempt".to_owned(), "1 of 3".to_owned())]);
    let set = product.set_metadata(&account(), &id, &metadata).await;
    set.unwrap();

    let expected = Assessment {
        id: id.clone(),
        scenario: scenario(),
        scenario_name: "Cold call (B2B) <1>".to_owned(),
        job: Some(greenhouse_core::ProductJobId::new("ae")),
        person: person(Some("jane@example.com")),
        state: AssessmentState::Completed,
        score: Some(Score::new(72.5).unwrap()),
        traits: traits(),
        summary: Some("Asks well & listens. <b>Closes</b> late.".to_owned()),
        started_at: Some(at(10)),
        completed_at: Some(at(60)),
        invitation: None,
        metadata,
    };
    assert_eq!(shop.read(&id).await, expected);

    let again = product.start(&account(), &id, at(90)).await;
    assert!(matches!(again, Err(ProductError::Ended)));
    let again = product
        .complete(&account(), &id, Score::MAX, &[], None, at(90))
        .await;
    assert!(matches!(again, Err(ProductError::Ended)));
    assert_eq!(shop.read(&id).await, expected);
    assert_eq!(
        open(&shop.folder)
            .await
            .assessment(&account(), &id)
            .await
            .unwrap(),
        Some(expected)
    );
}

#[tokio::test]
async fn another_accounts_assessment_does_not_exist() {
    let shop = Shop::open().await;
    let id = shop.take(None).await;
    let other = AccountId::new("other");
    let found = shop.product.assessment(&other, &id).await.unwrap();
    assert_eq!(found, None);
    for unknown in [
        "",
        "asm-",
        "asm-01",
        "asm-+1",
        "1",
        "asm-99999999999999999999",
    ] {
        let unknown = AssessmentId::new(unknown);
        let found = shop.product.assessment(&account(), &unknown).await;
        assert_eq!(found.unwrap(), None, "{unknown}");
    }
    let started = shop.product.start(&other, &id, at(0)).await;
    assert!(matches!(
        started,
        Err(ProductError::NotFound { what: "assessment" })
    ));
}

#[tokio::test]
async fn debug_shows_nothing() {
    let shop = Shop::open().await;
    assert_eq!(format!("{:?}", shop.product), "DemoProduct { .. }");
}
