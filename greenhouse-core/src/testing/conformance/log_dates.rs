use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};

use super::fixtures::{account, apply_to, assessment, at, entry, logged, page, texts, write};
use crate::{
    AccountId,
    store::{
        Applied, Direction, LogEntry, LogFilter, LogId, LogKey, LogStatus, LoggedEntry, Store,
    },
};

/// A range of times works alone and with every other filter. Its pages cover exactly the matching
/// entries, ordered by id, although times and ids are in different orders.
pub(super) async fn page_matches_a_range_of_times(store: Arc<dyn Store>) {
    let directions = [Direction::FromGreenhouse, Direction::ToGreenhouse];
    let statuses = [LogStatus::Done, LogStatus::Failed];
    let mut entries = Vec::new();
    for number in 0..48 {
        // Each day has entries between those of other days.
        let mut entry = happened(hours(number * 7 % 48 * 3));
        entry.direction = directions[number as usize % 2];
        entry.status = statuses[number as usize / 2 % 2];
        entry.assessment = (number % 3 == 0).then(|| assessment("a"));
        entries.push(entry);
    }
    write(&store, logged(entries)).await;
    let theirs = logged([happened(hours(24))]);
    let applied = apply_to(&store, &AccountId::new("other"), theirs).await;
    assert_eq!(applied, Applied::Applied);

    let everything = page(&store, &LogFilter::newest(100)).await.entries;
    let microsecond = TimeDelta::microseconds(1);
    let ends = [None, Some(0), Some(24), Some(36), Some(48), Some(500)];
    let mut ranges = Vec::new();
    for from in ends {
        for until in ends {
            ranges.push((from.map(hours), until.map(hours)));
        }
    }
    ranges.push((Some(hours(36) + microsecond), Some(hours(48) - microsecond)));
    ranges.push((Some(hours(36)), Some(hours(36) + microsecond)));
    ranges.push((
        Some(DateTime::<Utc>::MIN_UTC),
        Some(DateTime::<Utc>::MAX_UTC),
    ));
    for (from, until) in ranges {
        for direction in [None, Some(Direction::ToGreenhouse)] {
            for status in [None, Some(LogStatus::Failed)] {
                for about in [None, Some(assessment("a"))] {
                    let mut filter = LogFilter::newest(5);
                    filter.from = from;
                    filter.until = until;
                    filter.direction = direction;
                    filter.status = status;
                    filter.assessment = about;
                    let matching = |logged: &&LoggedEntry| filter.matches(logged.id, &logged.entry);
                    let expected: Vec<_> = everything.iter().filter(matching).cloned().collect();
                    let found = pages(&store, filter.clone()).await;
                    assert_eq!(found, expected, "{filter:?}");
                }
            }
        }
    }
}

/// The start is part of the range, and the end is not.
pub(super) async fn range_includes_its_start_only(store: Arc<dyn Store>) {
    let microsecond = TimeDelta::microseconds(1);
    let times = [hours(1), hours(2) - microsecond, hours(2), hours(3)];
    let names = ["start", "last", "end", "later"];
    let named = times.into_iter().zip(names).map(|(when, name)| LogEntry {
        at: when,
        ..entry(name)
    });
    write(&store, logged(named)).await;
    let mut filter = LogFilter::newest(9);
    filter.from = Some(hours(1));
    filter.until = Some(hours(2));
    assert_eq!(texts(&page(&store, &filter).await), ["last", "start"]);
    filter.until = Some(hours(1));
    assert_eq!(texts(&page(&store, &filter).await), [""; 0]);
    filter.until = Some(hours(0));
    assert_eq!(texts(&page(&store, &filter).await), [""; 0]);
}

/// An entry that is updated in place is in the range of its last update only, under its id. A
/// caller that pages meanwhile reads no entry twice.
pub(super) async fn range_follows_an_update(store: Arc<dyn Store>) {
    let key = LogKey::push(&assessment("a"));
    let keyed = |when, name: &str| {
        let entry = LogEntry {
            at: when,
            ..entry(name)
        };
        entry.keyed(key.clone())
    };
    let named = |when, name: &str| LogEntry {
        at: when,
        ..entry(name)
    };
    let (first, second) = (hours(1), hours(25));
    write(
        &store,
        logged([
            named(second, "1"),
            keyed(first, "pending"),
            named(second, "3"),
            named(second, "4"),
        ]),
    )
    .await;
    let mut of_second = LogFilter::newest(2);
    of_second.from = Some(hours(24));
    let mut of_first = LogFilter::newest(2);
    of_first.until = Some(hours(24));
    assert_eq!(texts(&page(&store, &of_first).await), ["pending"]);
    let newest = page(&store, &of_second).await;
    assert_eq!(texts(&newest), ["4", "3"]);
    write(&store, logged([keyed(second, "done")])).await;
    assert_eq!(texts(&page(&store, &of_first).await), [""; 0]);
    of_second.before = newest.next;
    let rest = page(&store, &of_second).await;
    assert_eq!(texts(&rest), ["done", "1"]);
    assert_eq!(rest.next, None);
}

/// Reads all pages of the account.
async fn pages(store: &Arc<dyn Store>, mut filter: LogFilter) -> Vec<LoggedEntry> {
    let mut found: Vec<LoggedEntry> = Vec::new();
    loop {
        let read = store.log_page(&account(), &filter).await;
        let read = read.expect("the store reads");
        assert!(read.entries.len() <= filter.limit);
        let last: Option<LogId> = read.entries.last().map(|logged| logged.id);
        found.extend(read.entries);
        match read.next {
            Some(next) => assert_eq!(Some(next), last),
            None => return found,
        }
        filter.before = read.next;
    }
}

fn happened(when: DateTime<Utc>) -> LogEntry {
    LogEntry {
        at: when,
        ..entry("happened")
    }
}

/// A time of a day, counted from midnight.
fn hours(hours: i64) -> DateTime<Utc> {
    let midnight = at(0).date_naive().and_time(chrono::NaiveTime::MIN);
    midnight.and_utc() + TimeDelta::hours(hours)
}
