//! Three hosts on one PostgreSQL, under everything at once: webhooks by the thousand, tests that are sent, finished and told of,
//! and pushes by the button, while every few seconds one of the hosts is killed, and the database is restarted twice.
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
        ground::{self, LONGEST},
        history::History,
        letter::Letters,
        post::Post,
        verdict,
    },
    kills::seed,
};

/// How much of it.
pub(crate) struct Chaos {
    /// The webhooks; how often a host is killed is up to the time that all of it takes.
    pub(crate) flood: Size,
    pub(crate) tests: usize,
    pub(crate) pushes: usize,
}

/// What was answered with 200 has its effect once, nothing is twice in Greenhouse, and every host goes on by itself.
pub(crate) async fn loses_nothing(size: Chaos, cluster: Arc<PostgresCluster>, database: String) {
    let seed = seed();
    println!("{} deliveries (seed {seed})", size.flood.deliveries);
    let mut chance = Chance::of(seed);
    let mut ground = ground::set(&size.flood, Some(database)).await;
    // Where a host was is the balancer now.
    let front = mem::take(&mut ground.stage.port);
    let balancer = Balancer::serve(front).await;
    let business = Business::begin(&ground.stage, front).await;
    let mut history = History::of(&ground, &size.flood, seed ^ 1);
    let mut letters = Letters::default();
    let first = flood::happened(
        &size.flood,
        &ground,
        &mut history,
        &mut letters,
        &mut chance,
    )
    .await;

    let begun = SystemClock.now();
    let post = Arc::new(Post::new(&ground.hook_url, Chance::of(seed ^ 2)));
    let all = first.len() * 100 / flood::HAPPENED;
    post.put(first);
    let mut trouble = Trouble::begin(&ground.stage, &balancer, Chance::of(seed ^ 4)).await;
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
            live.go_on(&ground, &mut history, &mut letters, &post),
            business.send_and_finish(size.tests),
            business.push(size.pushes),
        );
        while let Some(sender) = senders.join_next().await {
            sender.unwrap();
        }
    };
    let (restarts, kills) = trouble.go_on_during(work, &cluster, &post, all).await;
    let busy = SystemClock.now() - begun;
    flood::until_done(&ground).await;
    let took = SystemClock.now() - begun;
    trouble.assert_all_well().await;
    let answers = post.answers();
    println!(
        "{} deliveries and {} duplicates in {} ms, all done after {} ms; {kills} kills and {restarts} restarts; answers \
         {answers:?} (0 for none)",
        letters.all.len(),
        letters.repeated,
        busy.num_milliseconds(),
        took.num_milliseconds(),
    );
    assert_eq!(restarts, trouble::RESTARTS, "the work was over too soon");
    assert!(kills > 0, "the work was over too soon");
    assert!(took.to_std().unwrap() < 4 * LONGEST, "{took}");

    verdict::assert_right(&ground, &history, &letters, &post.taken()).await;
    business.assert_right(size.tests, size.pushes).await;
    ground.stage.greenhouse.assert_no_problems();
    trouble.stop().await;
    ground.files.close().await;
    ground.stage.greenhouse.stop().await;
}

const AT_ONCE: usize = 16;
