//! The demo as an acceptance test: every step is checked.

use std::time::{Duration, Instant};

use server::demo;

use super::setup::Setup;

#[expect(clippy::disallowed_methods, reason = "the test measures real time")]
pub(crate) async fn the_demo_plays_to_its_end_within_15_seconds(setup: Setup) {
    let start = Instant::now();
    let stage = setup.stage().await;
    let mut transcript = Vec::new();
    let played = demo::run_steps(&stage, &mut transcript).await;
    let text = String::from_utf8(transcript).unwrap();
    stage.stop().await.unwrap();
    if let Err(error) = played {
        panic!("{error}\n{text}");
    }
    assert!(text.contains("all as expected"), "{text}");
    assert!(
        start.elapsed() < Duration::from_secs(15),
        "{:?}",
        start.elapsed()
    );
}
