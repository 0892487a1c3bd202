//! The demo is the first acceptance test: every step of it is checked.

use std::time::{Duration, Instant};

use server::demo;

use super::ground::Ground;

#[expect(clippy::disallowed_methods, reason = "the promise is about real time")]
pub(crate) async fn the_demo_plays_to_its_end_within_15_seconds(ground: Ground) {
    let start = Instant::now();
    let stage = ground.stage().await;
    let mut transcript = Vec::new();
    let played = demo::perform(&stage, &mut transcript).await;
    let text = String::from_utf8(transcript).unwrap();
    stage.strike().await.unwrap();
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
