use chrono::TimeDelta;
use greenhouse_core::{
    Text,
    settings::FixedSettings,
    store::{Applied, Changes, LogEntry, StoreWriter as _, memory::MemoryStore},
    testing::ManualClock,
};

use super::*;

#[tokio::test]
async fn failures_are_counted_over_all_pages_that_are_read() {
    let now = "2026-11-23T10:00:00Z".parse::<DateTime<Utc>>().unwrap();
    let hours = |hours| now - TimeDelta::hours(hours);
    let most = PAGE * MAX_PAGES;
    // Entries from the oldest to the newest: number, subject and time.
    let (notice, push) = (LogSubject::Notice, LogSubject::Push);
    for (entries, expected) in [
        (vec![], "0"),
        (vec![(1, notice, hours(1))], "1"),
        (vec![(PAGE - 1, notice, hours(1))], "49"),
        (vec![(PAGE, notice, hours(1))], "50"),
        (vec![(PAGE + 1, notice, hours(1))], "51"),
        (vec![(most, notice, hours(1))], "1000"),
        (vec![(most + 1, notice, hours(1))], "1000 or more"),
        // Older entries and other subjects are not counted.
        (vec![(5, notice, hours(25)), (3, notice, hours(1))], "3"),
        (vec![(3, notice, hours(2)), (120, push, hours(1))], "3"),
        // Not all entries of the last day were read.
        (
            vec![(1, notice, hours(2)), (most, push, hours(1))],
            "0 or more",
        ),
        // Only older entries follow.
        (
            vec![
                (2 * PAGE, notice, hours(25)),
                (most - PAGE, notice, hours(1)),
            ],
            "950",
        ),
    ] {
        let store = Arc::new(MemoryStore::new());
        let account = AccountId::new("acme");
        let mut changes = Changes::none();
        for (number, subject, at) in &entries {
            for _ in 0..*number {
                let text = Text::new("failed", "it failed");
                let failed = LogStatus::Failed;
                let direction = Direction::ToGreenhouse;
                let entry = LogEntry::new(*at, direction, *subject, failed, text);
                changes.log.push(entry);
            }
        }
        let applied = store.apply(&account, changes).await;
        assert_eq!(applied.unwrap(), Applied::Applied);
        let checks = Checks {
            store,
            settings: Arc::new(FixedSettings::default()),
            clock: Arc::new(ManualClock::at(now)),
            unknown_keys: Arc::new(UnknownCredentials::partner_keys()),
            unknown_hooks: Arc::new(UnknownCredentials::hook_keys()),
            reader: false,
            hook_silence: Duration::from_secs(3600),
        };
        let found = checks.recent_failures(&account, Direction::ToGreenhouse, notice);
        let Count { entries, at_least } = found.await.unwrap().count();
        let shown = format!("{entries}{}", if at_least { " or more" } else { "" });
        assert_eq!(shown, expected);
    }
}
