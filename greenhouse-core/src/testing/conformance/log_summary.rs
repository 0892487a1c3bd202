use std::{collections::BTreeMap, sync::Arc};

use chrono::{DateTime, Days, NaiveDate, TimeDelta, Utc};

use super::fixtures::{
    Running, account, apply_to, assessment, at, entry, link, logged, purge, put_link, together,
    write,
};
use crate::{
    AccountId, Secret, Text,
    report_link::{ReportLinkKey, ReportLinks},
    settings::AccountSettings,
    store::{
        AccountRecord, Applied, Changes, Direction, LogEntry, LogFilter, LogGroup, LogKey,
        LogStatus, LogSubject, LogSummary, LoggedEntry, OpenOperations, Purge, Store, Write,
    },
};

/// After any sequence of new entries, updates in place, writes without effect, purges and account
/// removals, the summary equals a recount of the log.
pub(super) async fn summary_equals_a_recount(store: Arc<dyn Store>) {
    let accounts = [account(), AccountId::new("other")];
    let mut random = Random(7);
    let mut records = [false; 2];
    write(&store, put_link(link("taken", 1, 7))).await;
    for step in 0..120 {
        let which = random.below(2);
        let (own, has_record) = (&accounts[which], &mut records[which]);
        match random.below(10) {
            // The purge removes old entries of any status.
            0 => {
                let before = day(random.below(DAYS));
                purge(&store, Purge::LogEntries, before, random.below(6)).await;
            }
            1 => {
                let mut record = AccountRecord::new(settings(), Vec::new());
                record.version = u64::from(*has_record);
                let change = match *has_record {
                    true => Write::Remove(record),
                    false => Write::Put(record),
                };
                *has_record = !*has_record;
                let changes = Changes {
                    account: Some(change),
                    ..logged(entries(&mut random))
                };
                assert_eq!(apply_to(&store, own, changes).await, Applied::Applied);
            }
            // A conflict writes no entry of the change.
            2 => {
                let changes = Changes {
                    log: entries(&mut random),
                    ..put_link(link("taken", 2, 7))
                };
                let applied = apply_to(&store, &accounts[0], changes).await;
                assert_eq!(applied, Applied::Conflict);
            }
            _ => {
                let changes = logged(entries(&mut random));
                assert_eq!(apply_to(&store, own, changes).await, Applied::Applied);
            }
        }
        for account in &accounts {
            let found = summary(&store, account).await;
            assert_eq!(found, recount(&store, account).await, "after step {step}");
        }
    }
    assert!(purge(&store, Purge::LogEntries, day(99), 10_000).await > 0);
    for account in &accounts {
        assert_eq!(summary(&store, account).await, LogSummary::default());
    }
}

/// Hosts write, update and purge entries of the same days at the same time. None of them waits for
/// another forever, and no count is lost.
pub(super) async fn concurrent_writes_are_all_counted(store: Arc<dyn Store>) {
    let accounts = [account(), AccountId::new("other")];
    let mut random = Random(11);
    for round in 0..12 {
        let writes: Vec<_> = (0..8)
            .map(|number| (&accounts[number % 2], logged(entries(&mut random))))
            .collect();
        let writes = writes.into_iter().map(|(account, changes)| {
            let store = &store;
            // Writes of the same keyed entries in different orders can conflict.
            Box::pin(async move {
                while apply_to(store, account, changes.clone()).await == Applied::Conflict {}
            }) as Running<'_, ()>
        });
        let before = day(random.below(DAYS));
        let purged = async {
            purge(&store, Purge::LogEntries, before, 3).await;
        };
        together(writes.chain([Box::pin(purged) as _])).await;
        for account in &accounts {
            let found = summary(&store, account).await;
            assert_eq!(found, recount(&store, account).await, "after round {round}");
        }
    }
}

/// A day begins at midnight UTC. Both ends of the range are included. Open operations are those of
/// all days.
pub(super) async fn summary_covers_the_days_of_the_range(store: Arc<dyn Store>) {
    let microsecond = TimeDelta::microseconds(1);
    let times = [
        day(0),
        day(1) - microsecond,
        day(1),
        day(2) - microsecond,
        day(2),
        day(3),
    ];
    write(&store, logged(times.map(failed))).await;
    let group = |number| {
        let date = day(number).date_naive();
        LogGroup::new(
            date,
            Direction::ToGreenhouse,
            LogStatus::Failed,
            LogSubject::Push,
        )
    };
    let open = OpenOperations::new(6, 0, Some(day(0)));
    let counts = [
        (0, 3, vec![(0, 2), (1, 2), (2, 1), (3, 1)]),
        (0, 0, vec![(0, 2)]),
        (1, 2, vec![(1, 2), (2, 1)]),
        (4, 9, Vec::new()),
        (2, 1, Vec::new()),
    ];
    for (first, last, expected) in counts {
        let (first, last) = (day(first).date_naive(), day(last).date_naive());
        let found = store.log_summary(&account(), first..=last).await;
        let expected = expected
            .into_iter()
            .map(|(number, count)| (group(number), count));
        let expected = LogSummary::new(expected.collect(), open);
        assert_eq!(
            found.expect("the store reads"),
            expected,
            "{first} to {last}"
        );
    }
    let theirs = store
        .log_summary(&AccountId::new("other"), all_days())
        .await;
    assert_eq!(theirs.expect("the store reads"), LogSummary::default());
}

/// Only pushes, notices and tasks are open, until they end.
pub(super) async fn summary_counts_open_operations(store: Arc<dyn Store>) {
    let key = LogKey::push(&assessment("a"));
    let keyed = |seconds, status| {
        let mut entry = failed(at(seconds)).keyed(key.clone());
        entry.status = status;
        logged([entry])
    };
    let open = async || summary(&store, &account()).await.open;
    write(&store, logged([entry("an event")])).await;
    assert_eq!(open().await, OpenOperations::default());
    write(&store, keyed(10, LogStatus::Pending)).await;
    assert_eq!(open().await, OpenOperations::new(0, 1, Some(at(10))));
    write(&store, logged([failed(at(30)), failed(at(20))])).await;
    assert_eq!(open().await, OpenOperations::new(2, 1, Some(at(10))));
    write(&store, keyed(40, LogStatus::Failed)).await;
    assert_eq!(open().await, OpenOperations::new(3, 0, Some(at(20))));
    write(&store, keyed(50, LogStatus::Done)).await;
    assert_eq!(open().await, OpenOperations::new(2, 0, Some(at(20))));
    let mut problem = failed(at(1));
    problem.subject = LogSubject::Problem;
    write(&store, logged([problem])).await;
    assert_eq!(open().await, OpenOperations::new(2, 0, Some(at(20))));
    assert_eq!(purge(&store, Purge::LogEntries, at(30), 9).await, 3);
    assert_eq!(open().await, OpenOperations::new(1, 0, Some(at(30))));
}

async fn summary(store: &Arc<dyn Store>, account: &AccountId) -> LogSummary {
    let found = store.log_summary(account, all_days()).await;
    found.expect("the store reads")
}

async fn recount(store: &Arc<dyn Store>, account: &AccountId) -> LogSummary {
    let mut filter = LogFilter::newest(LogFilter::MAX_LIMIT);
    let mut counts = BTreeMap::new();
    let mut open = OpenOperations::default();
    loop {
        let page = store.log_page(account, &filter).await;
        let page = page.expect("the store reads");
        for LoggedEntry { entry, .. } in page.entries {
            *counts.entry(LogGroup::of(&entry)).or_default() += 1;
            let number = match entry.status {
                LogStatus::Failed => &mut open.failed,
                LogStatus::Pending => &mut open.pending,
                _ => continue,
            };
            if entry.subject.is_operation() {
                *number += 1;
                open.oldest = Some(open.oldest.map_or(entry.at, |oldest| oldest.min(entry.at)));
            }
        }
        filter.before = page.next;
        if page.next.is_none() {
            return LogSummary::new(counts, open);
        }
    }
}

/// Up to four entries. Half of them have one of few keys, so that many are updates in place.
fn entries(random: &mut Random) -> Vec<LogEntry> {
    let count = 1 + random.below(4);
    let one = |_| {
        let direction = random.one(&[Direction::FromGreenhouse, Direction::ToGreenhouse]);
        let subject = random.one(&[
            LogSubject::Push,
            LogSubject::Notice,
            LogSubject::Event,
            LogSubject::Problem,
        ]);
        let status = random.one(&[
            LogStatus::Pending,
            LogStatus::Done,
            LogStatus::Skipped,
            LogStatus::Failed,
        ]);
        let when = day(random.below(DAYS)) + TimeDelta::minutes(random.below(1440) as i64);
        let text = Text::new("conformance", "one of many");
        let entry = LogEntry::new(when, direction, subject, status, text);
        match random.below(2) {
            0 => entry.keyed(LogKey::push(&assessment(&random.below(6).to_string()))),
            _ => entry,
        }
    };
    (0..count).map(one).collect()
}

fn settings() -> AccountSettings {
    let secret = Secret::new("the secret of the report links of this account");
    let key = ReportLinkKey::new("1", secret).expect("a valid key");
    AccountSettings::new(ReportLinks::new(key, Vec::new()))
}

fn failed(at: DateTime<Utc>) -> LogEntry {
    LogEntry::new(
        at,
        Direction::ToGreenhouse,
        LogSubject::Push,
        LogStatus::Failed,
        Text::new("conformance", "failed"),
    )
}

/// Start of a day.
fn day(number: usize) -> DateTime<Utc> {
    let first = at(0).date_naive() + Days::new(number as u64);
    first.and_time(chrono::NaiveTime::MIN).and_utc()
}

fn all_days() -> std::ops::RangeInclusive<NaiveDate> {
    at(0).date_naive() - Days::new(400)..=at(0).date_naive() + Days::new(400)
}

/// Repeatable numbers (splitmix64).
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) % end as u64).unwrap_or_default()
    }

    fn one<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.below(of.len())]
    }
}

const DAYS: usize = 5;
