use chrono::{DateTime, Utc};
use demo_product::{DemoProduct, TRAITS};
use greenhouse_core::{
    AccountId, AssessmentId, InvitationId, ProductJobId, ScenarioId,
    platform::{Assessment, AssessmentPlatform, Invite, Person, ProductJob, Scenario},
    scorecard::{Score, TraitScore},
};
use tempfile::TempDir;

/// A product in a temporary folder, with one account, one scenario and one job.
pub(crate) struct Shop {
    pub(crate) product: DemoProduct,
    pub(crate) folder: TempDir,
}

impl Shop {
    pub(crate) async fn open() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let product = open(&folder).await;
        let scenario = Scenario {
            id: scenario(),
            name: "Cold call (B2B) <1>".to_owned(),
        };
        product.add_scenario(&account(), &scenario).await.unwrap();
        let job = ProductJob {
            id: ProductJobId::new("ae"),
            name: "Account Executive".to_owned(),
        };
        product.add_job(&account(), &job).await.unwrap();
        Self { product, folder }
    }

    pub(crate) async fn take(&self, email: Option<&str>) -> AssessmentId {
        let job = ProductJobId::new("ae");
        self.product
            .take(&account(), &scenario(), Some(&job), &person(email))
            .await
            .unwrap()
    }

    pub(crate) async fn complete(&self, assessment: &AssessmentId) {
        self.product
            .complete(
                &account(),
                assessment,
                Score::new(72.5).unwrap(),
                &traits(),
                Some("Asks well & listens. <b>Closes</b> late."),
                at(60),
            )
            .await
            .unwrap();
    }

    pub(crate) async fn read(&self, assessment: &AssessmentId) -> Assessment {
        let found = self.product.assessment(&account(), assessment).await;
        found.unwrap().unwrap()
    }
}

pub(crate) async fn open(folder: &TempDir) -> DemoProduct {
    let base = "https://product.example/base/".parse().unwrap();
    DemoProduct::open(folder.path().join("product.db"), base)
        .await
        .unwrap()
}

pub(crate) fn account() -> AccountId {
    AccountId::new("acme")
}

pub(crate) fn scenario() -> ScenarioId {
    ScenarioId::new("cold-call")
}

pub(crate) fn at(seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_790_000_000 + seconds, 0).unwrap()
}

pub(crate) fn person(email: Option<&str>) -> Person {
    Person {
        first_name: "Jane".to_owned(),
        last_name: "Doe".to_owned(),
        email: email.map(ToOwned::to_owned),
    }
}

pub(crate) fn invite(invitation: &str) -> Invite {
    let person = person(Some("jane@example.com"));
    Invite::new(InvitationId::new(invitation), scenario(), person)
}

pub(crate) fn traits() -> Vec<TraitScore> {
    let scores = [80.0, 72.5, 65.0].map(|score| Score::new(score).unwrap());
    TRAITS
        .iter()
        .zip(scores)
        .map(|(name, score)| TraitScore::new(*name, score).with_note("as \"expected\""))
        .collect()
}
