//! Tests every call for candidates, applications and their resources against the mock.

mod applications;
mod belongings;
mod candidates;
mod values;

use std::sync::Arc;

use greenhouse_core::{CandidateId, JobId, StageId, UserId, settings::HarvestCredential};
use greenhouse_harvest::{
    Error, HarvestClient, HarvestEndpoints, ReqwestTransport, SystemClock, api::*,
};
use mock_greenhouse::{Config, MockGreenhouse, Switches};

/// Greenhouse with one job, and a candidate without an application.
struct Setting {
    greenhouse: MockGreenhouse,
    job: JobId,
    /// The job's stages in order.
    stages: Vec<StageId>,
    person: CandidateId,
}

impl Setting {
    async fn with(switches: Switches) -> Self {
        let config = Config::default()
            .with_switches(switches)
            .with_rate_limit(10_000);
        let greenhouse = MockGreenhouse::start(config).await.unwrap();
        let plan = ["Application Review", "Take Home Test", "Offer"];
        let job = greenhouse.seed_job("Account Executive", &plan);
        let person = greenhouse.seed_candidate("Mira", "Okafor", "mira@example.org");
        Self {
            greenhouse,
            job: JobId::new(job.job_id),
            stages: job
                .stages
                .iter()
                .map(|stage| StageId::new(stage.id))
                .collect(),
            person: CandidateId::new(person),
        }
    }

    /// Returns a client that acts as the Site Admin.
    fn client(&self) -> HarvestClient {
        let credential = self.greenhouse.credential();
        let secret = Some(credential.client_secret.as_str().into());
        let credential = HarvestCredential::new(&*credential.client_id, secret).unwrap();
        let url: url::Url = self.greenhouse.url().parse().unwrap();
        let transport = Arc::new(ReqwestTransport::direct().unwrap());
        HarvestClient::builder(transport, Arc::new(SystemClock), credential)
            .acting_as(UserId::new(self.greenhouse.site_admin()))
            .endpoints(HarvestEndpoints::new(url.clone(), url).unwrap())
            .build()
    }

    async fn application(
        &self,
        client: &HarvestClient,
        id: greenhouse_core::ApplicationId,
    ) -> Application {
        let filter = ApplicationFilter::new().ids([id]);
        let rows = client.applications(&filter).all().await.unwrap();
        let [row] = <[_; 1]>::try_from(rows).unwrap();
        assert!(row.unknown.is_empty(), "{:?}", row.unknown);
        row
    }
}

/// Asserts that the call was refused and returns the status.
fn refused<T>(answer: Result<T, Error>) -> u16 {
    match answer {
        Err(Error::Api { status, .. }) => status,
        Err(error) => panic!("{error:?}"),
        Ok(_) => panic!("the call succeeded"),
    }
}
