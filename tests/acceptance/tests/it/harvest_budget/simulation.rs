use std::{
    ops::Range,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use greenhouse_core::{AccountId, Clock, settings::HarvestCredential, store::Shared};
use greenhouse_harvest::{HarvestClient, HarvestEndpoints, api::JobFilter};
use mock_greenhouse::MockGreenhouse;

use crate::simulated::{Used, World};

/// Clients with the same credential on a simulated clock, which jumps to the next sleeper when
/// everything else is idle.
pub(super) struct Simulation {
    clients: usize,
    sharing: Sharing,
    latency: Range<u64>,
    patient: bool,
}

/// State that the clients share, if any.
pub(super) enum Sharing {
    Own,
    Store(Arc<dyn Shared>, Arc<dyn Shared>),
}

impl Sharing {
    pub(super) fn store<S: Shared + 'static>(store: Arc<S>) -> Self {
        Self::Store(store.clone(), store)
    }
}

impl Simulation {
    pub(super) fn of(clients: usize, sharing: Sharing) -> Self {
        Self {
            clients,
            sharing,
            latency: 100..400,
            patient: false,
        }
    }

    /// Sets the range of the round-trip time in milliseconds.
    pub(super) fn latency(self, latency: Range<u64>) -> Self {
        Self { latency, ..self }
    }

    /// Makes the simulation wait longer before each jump of the clock, for work on other threads.
    pub(super) fn patient(self) -> Self {
        Self {
            patient: true,
            ..self
        }
    }

    /// Makes `calls` calls in total, from `callers` concurrent callers of each client, with the
    /// pause `think` after each call.
    pub(super) async fn play(self, calls: u32, callers: usize, think: Duration) -> Used {
        let world = World::new(LIMIT, self.latency);
        let greenhouse = world.greenhouse().await;
        let left = Arc::new(AtomicU32::new(calls));
        let mut tasks = Vec::new();
        for _ in 0..self.clients {
            let client = client(&greenhouse, &world, &self.sharing);
            for _ in 0..callers {
                let (client, left, world) = (client.clone(), left.clone(), world.clone());
                tasks.push(tokio::spawn(async move {
                    while take(&left) {
                        client.jobs(&JobFilter::new()).all().await.unwrap();
                        if !think.is_zero() {
                            world.sleep(think).await;
                        }
                    }
                }));
            }
        }
        world.play(tasks, self.patient).await;
        greenhouse.stop().await;
        world.used()
    }
}

fn take(left: &AtomicU32) -> bool {
    let taken = left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| {
        left.checked_sub(1)
    });
    taken.is_ok()
}

fn client(greenhouse: &MockGreenhouse, world: &Arc<World>, sharing: &Sharing) -> HarvestClient {
    let known = greenhouse.credential();
    let secret = Some(known.client_secret.clone().into());
    let credential = HarvestCredential::new(&*known.client_id, secret).unwrap();
    let url: url::Url = greenhouse.url().parse().unwrap();
    let client = HarvestClient::builder(world.clone(), world.clone(), credential)
        .endpoints(HarvestEndpoints::new(url.clone(), url).unwrap());
    match sharing {
        Sharing::Own => client.build(),
        Sharing::Store(tokens, budgets) => client
            .sharing(AccountId::new("acme"), tokens.clone(), budgets.clone())
            .build(),
    }
}

const LIMIT: u32 = 50;
