use std::{future::pending, time::Duration};

use chrono::DateTime;
use greenhouse_core::{Clock, testing::ManualClock, within};

#[tokio::test]
async fn a_call_ends_with_its_output_or_at_the_deadline() {
    let clock = ManualClock::self_advancing(DateTime::UNIX_EPOCH);
    let second = Duration::from_secs(1);
    assert_eq!(within(&clock, second, async { 7 }).await, Some(7));
    assert_eq!(within(&clock, second, pending::<i32>()).await, None);
    assert_eq!(clock.now().timestamp(), 1);
}
