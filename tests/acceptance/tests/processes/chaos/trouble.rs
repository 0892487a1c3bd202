//! Kills and restarts of hosts, and restarts of the database.

use std::{sync::Arc, time::Duration};

use sqlx_store::testing::PostgresCluster;

use crate::{
    balancer::Balancer, chance::Chance, flood::post::Post, host::HostProcess, stage::Stage,
};

pub(super) struct Trouble<'a> {
    stage: &'a Stage,
    balancer: &'a Balancer,
    hosts: Vec<HostProcess>,
    chance: Chance,
}

impl<'a> Trouble<'a> {
    pub(super) async fn begin(stage: &'a Stage, balancer: &'a Balancer, chance: Chance) -> Self {
        let mut hosts = Vec::new();
        for _ in 0..HOSTS {
            hosts.push(stage.host_soon().await);
        }
        balancer.know(&hosts);
        Self {
            stage,
            balancer,
            hosts,
            chance,
        }
    }

    /// Runs until the work is done. Returns the numbers of database restarts and killed hosts.
    pub(super) async fn run_during(
        &mut self,
        work: impl Future<Output = ()>,
        cluster: &Arc<PostgresCluster>,
        post: &Post,
        all: usize,
    ) -> (usize, usize) {
        let (mut restarts, mut kills) = (0, 0);
        let trouble = async {
            loop {
                // The first kill comes early, so that a fast machine has at least one.
                let pause = match kills {
                    0 => SHORTEST_PAUSE,
                    _ => SHORTEST_PAUSE + self.chance.below(2_000) as u64,
                };
                let pause = tokio::time::sleep(Duration::from_millis(pause));
                let is_due = async {
                    // All restarts happen in the first half, so that the recovered hosts have work
                    // left.
                    let due = all * (restarts + 1) / (2 * RESTARTS);
                    while restarts == RESTARTS || post.taken_times() < due {
                        tokio::time::sleep(Duration::from_millis(20)).await;
                    }
                };
                let restarts_now = tokio::select! {
                    () = is_due => true,
                    () = pause => false,
                };
                if restarts_now {
                    restart(cluster).await;
                    restarts += 1;
                    // Running hosts recover automatically.
                    self.assert_all_well().await;
                } else {
                    self.kill_a_host().await;
                    kills += 1;
                }
            }
        };
        tokio::select! {
            () = trouble => {}
            () = work => {}
        }
        (restarts, kills)
    }

    async fn kill_a_host(&mut self) {
        let victim = self.chance.below(self.hosts.len());
        self.hosts.swap_remove(victim).kill();
        let host = self.stage.host_soon().await;
        self.hosts.push(host);
        self.balancer.know(&self.hosts);
    }

    /// Asserts that every host recovers: it reaches the database and Greenhouse.
    pub(super) async fn assert_all_well(&self) {
        for host in &self.hosts {
            let answered = tokio::time::timeout(PATIENCE, async {
                while !self.stage.is_well(host).await {
                    tokio::time::sleep(Duration::from_millis(50)).await;
                }
            });
            let id = host.id();
            assert!(answered.await.is_ok(), "host {id} does not recover");
        }
    }

    /// Stops the hosts as an operator does.
    pub(super) async fn stop(self) {
        for host in self.hosts {
            let ended = host.terminate(PATIENCE).await;
            assert!(ended.is_some_and(|status| status.success()), "{ended:?}");
        }
    }
}

async fn restart(cluster: &Arc<PostgresCluster>) {
    let cluster = Arc::clone(cluster);
    let restarted = tokio::task::spawn_blocking(move || cluster.restart()).await;
    restarted.unwrap().unwrap();
}

pub(super) const RESTARTS: usize = 2;
const HOSTS: usize = 3;
const SHORTEST_PAUSE: u64 = 250;
const PATIENCE: Duration = Duration::from_secs(20);
