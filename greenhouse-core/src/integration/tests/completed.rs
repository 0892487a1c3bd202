//! Lost calls to `assessment_changed` are recovered in both directions.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use chrono::{DateTime, TimeDelta, Utc};

use super::doubles::{Fake, builder};
use crate::{
    AccountId, AssessmentId, Background, Clock, Integration, NewAccount, ScenarioId,
    integration::{CompletedConfig, PublicRoute, completed::CompletedPoll},
    platform::{Assessment, AssessmentState, Person},
    scorecard::Score,
    store::memory::MemoryStore,
    testing::{FakePlatform, ManualClock},
};

/// Host whose store and product outlive it.
struct Host {
    push: Arc<Fake>,
    partner: Arc<Fake>,
    poll: CompletedPoll,
    clock: Arc<ManualClock>,
    greenhouse: Integration,
}

struct World {
    product: Arc<FakePlatform>,
    store: Arc<MemoryStore>,
    clock: Arc<ManualClock>,
}

impl World {
    fn new() -> Self {
        Self {
            product: Arc::new(FakePlatform::new()),
            store: Arc::new(MemoryStore::new()),
            clock: Arc::new(ManualClock::at("2026-11-23T10:00:00Z".parse().unwrap())),
        }
    }

    fn host(&self) -> Host {
        let push = Fake::new("push", PublicRoute::ListTests);
        let partner = Fake::new("partner", PublicRoute::SendTest);
        let greenhouse = builder(&self.product, Arc::clone(&self.store), &self.clock)
            .with(push.builder())
            .with(partner.builder())
            .build()
            .unwrap();
        let inner = &greenhouse.inner;
        let config = CompletedConfig {
            batch: 3,
            ..CompletedConfig::default()
        };
        let poll = CompletedPoll::new(inner.ports.clone(), inner.directions.clone(), config);
        Host {
            push,
            partner,
            poll,
            clock: Arc::clone(&self.clock),
            greenhouse,
        }
    }

    /// Completes an assessment without a call to `assessment_changed`.
    fn complete(&self, account: &str, assessment: &str, at: DateTime<Utc>) {
        let assessment = Assessment {
            id: AssessmentId::new(assessment),
            scenario: ScenarioId::new("sc-1"),
            scenario_name: "Discovery call".to_owned(),
            job: None,
            person: Person {
                first_name: "Mira".to_owned(),
                last_name: "Okafor".to_owned(),
                email: None,
            },
            state: AssessmentState::Completed,
            score: Score::new(72.0).ok(),
            traits: Vec::new(),
            summary: None,
            started_at: None,
            completed_at: Some(at),
            invitation: None,
            metadata: BTreeMap::new(),
        };
        self.product.put(&AccountId::new(account), assessment);
    }

    fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }
}

impl Host {
    async fn account(&self, id: &str) {
        let accounts = self.greenhouse.accounts();
        accounts.create(NewAccount::new(id)).await.unwrap();
    }

    /// Runs one round over all accounts.
    async fn round(&self) {
        self.clock.advance(Duration::from_secs(5 * 60));
        loop {
            let next = self.poll.run_due(2).await.unwrap().unwrap();
            if next > self.clock.now() {
                return;
            }
        }
    }

    fn reported(&self) -> Vec<String> {
        assert_eq!(self.push.reported(), self.partner.reported());
        let reported = self.push.reported().into_iter();
        reported.map(|id| id.as_str().to_owned()).collect()
    }
}

#[tokio::test]
async fn lost_call_is_reported_once_to_both_directions() {
    let world = World::new();
    let host = world.host();
    for account in ["acme", "bolt", "core", "zenith"] {
        host.account(account).await;
    }
    world.clock.advance(Duration::from_secs(1));
    world.complete("acme", "as-1", world.now());
    world.complete("zenith", "as-2", world.now());
    host.round().await;
    assert_eq!(host.reported(), ["as-1", "as-2"]);
    for _ in 0..5 {
        host.round().await;
    }
    assert_eq!(host.reported(), ["as-1", "as-2"]);
}

#[tokio::test]
async fn ignores_assessments_completed_before_the_account_existed() {
    let world = World::new();
    let host = world.host();
    world.complete("acme", "old", world.now() - TimeDelta::days(1));
    host.account("acme").await;
    host.round().await;
    assert!(host.reported().is_empty());
}

#[tokio::test]
async fn restart_loses_nothing() {
    let world = World::new();
    let first = world.host();
    first.account("acme").await;
    world.clock.advance(Duration::from_secs(60));
    let names: Vec<_> = (0..40).map(|number| format!("as-{number:02}")).collect();
    for name in &names {
        // Many share one time.
        world.complete("acme", name, world.now());
    }
    first.round().await;
    let reported = first.reported();
    assert_eq!(reported.len(), 12, "four pages of three");
    drop(first);
    let mut seen: Vec<String> = reported;
    for _ in 0..3 {
        // Each host stops after one round.
        let next = world.host();
        next.push.refuse("as-20", true);
        next.partner.refuse("as-20", true);
        next.round().await;
        seen.extend(next.reported());
    }
    let last = world.host();
    for _ in 0..8 {
        last.round().await;
    }
    seen.extend(last.reported());
    for name in &names {
        assert!(seen.contains(name), "{name}");
    }
}

#[tokio::test]
async fn retries_a_failed_report_without_delaying_others() {
    let world = World::new();
    let host = world.host();
    host.account("acme").await;
    for (second, name) in ["as-1", "panic", "as-2", "as-3", "as-4"].iter().enumerate() {
        let after = TimeDelta::seconds(i64::try_from(second).unwrap() + 1);
        world.complete("acme", name, world.now() + after);
    }
    host.push.refuse("as-2", true);
    host.round().await;
    host.round().await;
    let reported: Vec<_> = host.partner.reported();
    assert!(
        ["as-1", "as-2", "as-3", "as-4"]
            .iter()
            .all(|id| reported.contains(&AssessmentId::new(*id)))
    );
    assert!(!host.push.reported().contains(&AssessmentId::new("as-2")));

    // Another host also reports the assessment, because the stored position has not passed it.
    let other = world.host();
    other.push.refuse("as-2", false);
    host.push.refuse("as-2", false);
    other.round().await;
    host.round().await;
    for host in [&host, &other] {
        assert!(host.push.reported().contains(&AssessmentId::new("as-2")));
    }
}

#[tokio::test]
async fn finds_late_commits() {
    let world = World::new();
    let host = world.host();
    host.account("acme").await;
    let start = world.now();
    world.complete("acme", "fast", start + TimeDelta::seconds(290));
    host.round().await;
    assert_eq!(host.reported(), ["fast"]);
    // Completed earlier, but committed after the other was listed.
    world.complete("acme", "slow", start + TimeDelta::seconds(200));
    host.round().await;
    assert_eq!(host.reported(), ["fast", "slow", "fast"]);
    host.round().await;
    assert_eq!(host.reported().len(), 3);
}

#[tokio::test]
async fn polls_again_after_an_unsupported_or_failed_list() {
    let world = World::new();
    let host = world.host();
    for account in ["acme", "bolt", "zenith"] {
        host.account(account).await;
    }
    world.clock.advance(Duration::from_secs(1));
    world.complete("zenith", "as-1", world.now());
    world.product.set_cannot_list(true);
    host.round().await;
    assert!(host.reported().is_empty());
    world.product.set_cannot_list(false);
    world.product.set_down(true);
    host.round().await;
    assert!(host.reported().is_empty());
    world.product.set_down(false);
    host.round().await;
    assert_eq!(host.reported(), ["as-1"]);
}

#[tokio::test]
async fn retries_every_failed_report_in_turn() {
    let world = World::new();
    let host = world.host();
    host.account("acme").await;
    world.clock.advance(Duration::from_secs(1));
    let names: Vec<_> = (0..130).map(|number| format!("as-{number:03}")).collect();
    for name in &names {
        world.complete("acme", name, world.now());
        host.push.refuse(name, true);
    }
    // Twelve are listed in each round.
    for _ in 0..11 {
        host.round().await;
    }
    assert!(host.push.reported().is_empty());
    host.push.refuse("as-129", false);
    host.round().await;
    host.round().await;
    assert_eq!(host.push.reported(), [AssessmentId::new("as-129")]);

    // One round retries at most 100.
    let before = host.partner.reported().len();
    host.round().await;
    assert_eq!(host.partner.reported().len() - before, 100);
}

#[tokio::test]
async fn gives_up_a_report_that_fails_for_a_day() {
    let world = World::new();
    let host = world.host();
    host.account("acme").await;
    world.clock.advance(Duration::from_secs(1));
    // An old assessment is also retried for a day from its first failure.
    world.complete("acme", "as-1", world.now());
    world.clock.advance(Duration::from_secs(25 * 3600));
    host.push.refuse("as-1", true);
    host.round().await;
    let day = Duration::from_secs(24 * 3600);
    world.clock.advance(day - Duration::from_secs(10 * 60));
    host.round().await;
    assert_eq!(host.partner.reported().len(), 2);
    host.round().await;
    host.push.refuse("as-1", false);
    for _ in 0..3 {
        host.round().await;
    }
    assert_eq!(host.partner.reported().len(), 2);
    assert!(host.push.reported().is_empty());
}
