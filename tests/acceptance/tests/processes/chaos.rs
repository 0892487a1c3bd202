//! Three hosts on one PostgreSQL under combined load: thousands of webhooks, tests that are sent,
//! finished and reported, and manual pushes. Meanwhile, a host is killed every few seconds, and the
//! database is restarted twice.
//!
//! ```sh
//! SEED=7 cargo test -p acceptance --test processes chaos -- --nocapture
//! ```

mod business;
mod trouble;

use std::{mem, sync::Arc};

use greenhouse_core::Clock;
use greenhouse_harvest::SystemClock;
use sqlx_store::testing::PostgresCluster;
use tokio::task::JoinSet;

use self::{business::Business, trouble::Trouble};
use crate::{
    balancer::Balancer,
    chance::Chance,
    flood::{
        self, Live, Size,
        fixture::{self, LONGEST},
        history::History,
        letter::Letters,
        post::Post,
        verdict,
    },
    kills::seed,
};

/// Size of the load.
pub(crate) struct Chaos {
    /// Size of the webhook load. The number of kills depends on the total time.
    pub(crate) flood: Size,
    pub(crate) tests: usize,
    pub(crate) pushes: usize,
}

/// Every delivery that received a 200 response takes effect once, Greenhouse has no duplicates, and
/// every host recovers automatically.
pub(crate) async fn loses_nothing(size: Chaos, cluster: Arc<PostgresCluster>, database: String) {
    let seed = seed();
    println!("{} deliveries (seed {seed})", size.flood.deliveries);
    let mut chance = Chance::of(seed);
    let mut fixture = fixture::set(&size.flood, Some(database)).await;
    // The balancer listens on the port that the stage has reserved for a host.
    let front = mem::take(&mut fixture.stage.port);
    let balancer = Balancer::serve(front).await;
    let business = Business::begin(&fixture.stage, front).await;
    let mut history = History::of(&fixture, &size.flood, seed ^ 1);
    let mut letters = Letters::default();
    let first = flood::happened(
        &size.flood,
        &fixture,
        &mut history,
        &mut letters,
        &mut chance,
    )
    .await;

    let begun = SystemClock.now();
    let post = Arc::new(Post::new(&fixture.hook_url, Chance::of(seed ^ 2)));
    let all = first.len() * 100 / flood::HAPPENED;
    post.put(first);
    let mut trouble = Trouble::begin(&fixture.stage, &balancer, Chance::of(seed ^ 4)).await;
    let mut senders = JoinSet::new();
    for _ in 0..AT_ONCE {
        let post = Arc::clone(&post);
        senders.spawn(async move { post.work().await });
    }
    let live = Live {
        all,
        wanted: size.flood.deliveries,
        chance: Chance::of(seed ^ 3),
    };
    let work = async {
        tokio::join!(
            live.generate_events(&fixture, &mut history, &mut letters, &post),
            business.send_and_finish(size.tests),
            business.push(size.pushes),
        );
        while let Some(sender) = senders.join_next().await {
            sender.unwrap();
        }
    };
    let (restarts, kills) = trouble.run_during(work, &cluster, &post, all).await;
    let busy = SystemClock.now() - begun;
    flood::until_done(&fixture).await;
    let took = SystemClock.now() - begun;
    trouble.assert_all_well().await;
    let answers = post.answers();
    println!(
        "{} deliveries and {} duplicates in {} ms, all done after {} ms; {kills} kills and {restarts} restarts; responses \
         {answers:?} (0 for none)",
        letters.all.len(),
        letters.repeated,
        busy.num_milliseconds(),
        took.num_milliseconds(),
    );
    assert_eq!(restarts, trouble::RESTARTS, "the load ended too soon");
    assert!(kills > 0, "the load ended too soon");
    assert!(took.to_std().unwrap() < 4 * LONGEST, "{took}");

    verdict::assert_right(&fixture, &history, &letters, &post.taken()).await;
    business.assert_right(size.tests, size.pushes).await;
    fixture.stage.greenhouse.assert_no_problems();
    trouble.stop().await;
    fixture.files.close().await;
    fixture.stage.greenhouse.stop().await;
}

const AT_ONCE: usize = 16;
