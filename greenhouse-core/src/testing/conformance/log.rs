use std::sync::Arc;

use super::fixtures::{account, assessment, at, entry, logged, page, texts, write};
use crate::{
    AccountId, ApplicationId, InvitationId, Text,
    store::{
        Direction, LogEntry, LogFilter, LogKey, LogPage, LogStatus, LogSubject, LoggedEntry, Store,
    },
};

/// Each page continues the previous one, and the last one is marked as the last.
pub(super) async fn pages_cover_the_log_newest_first(store: Arc<dyn Store>) {
    let names: Vec<String> = (0..7).map(|number| number.to_string()).collect();
    write(&store, logged(names[..3].iter().map(|name| entry(name)))).await;
    write(&store, logged(names[3..].iter().map(|name| entry(name)))).await;

    for limit in 1..=8 {
        let mut read = Vec::new();
        let mut filter = LogFilter::newest(limit);
        let mut pages = 0;
        loop {
            let LogPage { entries, next, .. } = page(&store, &filter).await;
            pages += 1;
            assert!(pages <= names.len(), "pages without end");
            assert!(entries.len() <= limit);
            assert!(entries.is_sorted_by(|newer, older| newer.id > older.id));
            read.extend(entries.into_iter().map(|logged| logged.entry.text));
            if next.is_none() {
                break;
            }
            filter.before = next;
        }
        read.reverse();
        assert_eq!(read, names);
        assert_eq!(pages, 7_usize.div_ceil(limit), "no empty page at the end");
    }
}

/// New entries do not shift later pages.
pub(super) async fn new_entries_do_not_shift_pages(store: Arc<dyn Store>) {
    write(&store, logged(["1", "2", "3", "4"].map(entry))).await;
    let first = page(&store, &LogFilter::newest(2)).await;
    assert_eq!(texts(&first), ["4", "3"]);
    write(&store, logged([entry("5")])).await;
    let mut filter = LogFilter::newest(2);
    filter.before = first.next;
    assert_eq!(texts(&page(&store, &filter).await), ["2", "1"]);
}

/// Filters work alone and combined.
pub(super) async fn page_matches_the_filter(store: Arc<dyn Store>) {
    let directions = [Direction::FromGreenhouse, Direction::ToGreenhouse];
    let statuses = [
        LogStatus::Pending,
        LogStatus::Done,
        LogStatus::Skipped,
        LogStatus::Failed,
    ];
    let assessments = [None, Some(assessment("a")), Some(assessment("b"))];
    let mut entries = Vec::new();
    for direction in directions {
        for status in statuses {
            for about in &assessments {
                let text = entries.len().to_string();
                let mut entry = LogEntry::new(
                    at(0),
                    direction,
                    LogSubject::Push,
                    status,
                    Text::new("conformance", text),
                );
                entry.assessment = about.clone();
                entries.push(entry);
            }
        }
    }
    write(&store, logged(entries)).await;

    let everything = page(&store, &LogFilter::newest(100)).await.entries;
    let with_any = |all: &[_]| {
        all.iter()
            .copied()
            .map(Some)
            .chain([None])
            .collect::<Vec<_>>()
    };
    let ways: Vec<Option<Direction>> = directions.into_iter().map(Some).chain([None]).collect();
    for direction in ways {
        for status in with_any(&statuses) {
            for about in &assessments {
                let mut filter = LogFilter::newest(100);
                filter.direction = direction;
                filter.status = status;
                filter.assessment = about.clone();
                let expected: Vec<LoggedEntry> = everything
                    .iter()
                    .filter(|logged| filter.matches(logged.id, &logged.entry))
                    .cloned()
                    .collect();
                let found = page(&store, &filter).await;
                assert_eq!(found, LogPage::new(expected.clone(), None), "{filter:?}");

                filter.before = expected.first().map(|newest| newest.id);
                filter.limit = 1;
                let second = page(&store, &filter).await;
                assert_eq!(second.entries.first(), expected.get(1), "{filter:?}");
                assert_eq!(second.next.is_some(), expected.len() > 2, "{filter:?}");
            }
        }
    }
}

/// An entry is updated in place: its id and position stay.
pub(super) async fn keyed_entry_is_updated_in_place(store: Arc<dyn Store>) {
    let key = LogKey::push(&assessment("a"));
    let mut pending = entry("begun")
        .keyed(key.clone())
        .about_assessment(assessment("a"));
    pending.status = LogStatus::Pending;
    write(&store, logged([entry("before"), pending, entry("after")])).await;
    let before = page(&store, &LogFilter::newest(9)).await;
    assert_eq!(texts(&before), ["after", "begun", "before"]);

    let mut done = LogEntry::new(
        at(9),
        Direction::ToGreenhouse,
        LogSubject::Push,
        LogStatus::Done,
        Text::new("conformance", "done"),
    )
    .keyed(key)
    .about_assessment(assessment("b"))
    .about_invitation(InvitationId::new("i"))
    .about_application(ApplicationId::new(7));
    write(&store, logged([done.clone()])).await;
    let now = page(&store, &LogFilter::newest(9)).await;
    assert_eq!(texts(&now), ["after", "done", "before"]);
    let ids = |page: &LogPage| {
        page.entries
            .iter()
            .map(|logged| logged.id)
            .collect::<Vec<_>>()
    };
    assert_eq!(ids(&now), ids(&before));

    let id = ids(&now)[1];
    let read = store.log_entry(&account(), id).await;
    let read = read.expect("the store reads").expect("the entry is stored");
    assert_eq!(
        read,
        LoggedEntry {
            id,
            entry: done.clone()
        }
    );

    let mut filter = LogFilter::newest(9);
    filter.assessment = Some(assessment("b"));
    filter.status = Some(LogStatus::Done);
    filter.direction = Some(Direction::ToGreenhouse);
    assert_eq!(texts(&page(&store, &filter).await), ["done"]);
    filter = LogFilter::newest(9);
    filter.assessment = Some(assessment("a"));
    assert_eq!(texts(&page(&store, &filter).await), [""; 0]);

    done.text = "twice in one change".to_owned();
    write(&store, logged([done.clone(), done])).await;
    assert_eq!(
        ids(&page(&store, &LogFilter::newest(9)).await),
        ids(&before)
    );
}

/// The key finds the current entry under its original id.
pub(super) async fn entry_is_found_by_key(store: Arc<dyn Store>) {
    let key = LogKey::push(&assessment("a"));
    let find = async |account: &AccountId, key: &LogKey| {
        let found = store.keyed_log_entry(account, key).await;
        found.expect("the store reads")
    };
    assert_eq!(find(&account(), &key).await, None);
    let begun = entry("begun").keyed(key.clone());
    write(&store, logged([entry("without a key"), begun.clone()])).await;
    let first = find(&account(), &key).await.expect("the entry is stored");
    assert_eq!(first.entry, begun);
    let read = store.log_entry(&account(), first.id).await;
    assert_eq!(read.expect("the store reads"), Some(first.clone()));
    let done = entry("done").keyed(key.clone());
    write(&store, logged([done.clone()])).await;
    let now = find(&account(), &key).await.expect("the entry is stored");
    assert_eq!((now.id, now.entry), (first.id, done));
    let unknown = LogKey::push(&assessment("b"));
    assert_eq!(find(&account(), &unknown).await, None);
    assert_eq!(find(&AccountId::new("other"), &key).await, None);
}

/// A page has from 1 to [`LogFilter::MAX_LIMIT`] entries, for any limit.
pub(super) async fn page_size_is_bounded(store: Arc<dyn Store>) {
    let many = LogFilter::MAX_LIMIT + 1;
    write(&store, logged((0..many).map(|_| entry("one of many")))).await;
    let smallest = page(&store, &LogFilter::newest(0)).await;
    assert_eq!(smallest.entries.len(), 1);
    assert!(smallest.next.is_some());
    let largest = page(&store, &LogFilter::newest(usize::MAX)).await;
    assert_eq!(largest.entries.len(), LogFilter::MAX_LIMIT);
    assert!(largest.next.is_some());
}
