//! The summary of the sync log, and its filter by time.

use super::*;
use crate::testing::ManualClock;

#[test]
fn the_summary_counts_each_day_by_direction_and_status() {
    let entry = |at: &str, direction, subject, status| {
        LogEntry::new(
            time(at),
            direction,
            subject,
            status,
            Text::new("code", "text"),
        )
    };
    let (to, from) = (Direction::ToGreenhouse, Direction::FromGreenhouse);
    let service = service_with([
        // Before the range, but still open.
        entry(
            "2026-05-01T10:00:00Z",
            to,
            LogSubject::Push,
            LogStatus::Failed,
        ),
        entry(
            "2026-05-31T23:59:59.999Z",
            to,
            LogSubject::Push,
            LogStatus::Failed,
        ),
        entry(
            "2026-06-01T00:00:00Z",
            to,
            LogSubject::Push,
            LogStatus::Done,
        ),
        entry(
            "2026-06-01T23:59:59.999Z",
            to,
            LogSubject::Push,
            LogStatus::Done,
        ),
        entry(
            "2026-06-01T10:00:00Z",
            to,
            LogSubject::Notice,
            LogStatus::Pending,
        ),
        entry(
            "2026-06-01T10:00:00Z",
            to,
            LogSubject::Problem,
            LogStatus::Failed,
        ),
        entry(
            "2026-06-03T08:00:00Z",
            from,
            LogSubject::Event,
            LogStatus::Done,
        ),
        entry(
            "2026-06-03T08:00:00Z",
            from,
            LogSubject::Event,
            LogStatus::Skipped,
        ),
        // After the range: the host that wrote it has another clock.
        entry(
            "2026-06-04T00:00:00Z",
            from,
            LogSubject::Event,
            LogStatus::Done,
        ),
    ])
    .with_clock(Arc::new(ManualClock::at(time("2026-06-03T23:59:59Z"))));
    let (status, body) = ask_service(&service, Method::GET, "sync-log/summary?days=3", "");
    assert_eq!(status, StatusCode::OK);
    let counts = |done, skipped, pending, failed| json!({ "done": done, "skipped": skipped, "pending": pending, "failed": failed });
    let none = counts(0, 0, 0, 0);
    assert_eq!(
        body,
        json!({
            "days": [
                { "date": "2026-06-01", "pushes": counts(2, 0, 0, 0),
                  "to_greenhouse": counts(2, 0, 1, 1), "from_greenhouse": none },
                { "date": "2026-06-02", "pushes": none, "to_greenhouse": none, "from_greenhouse": none },
                { "date": "2026-06-03", "pushes": none, "to_greenhouse": none,
                  "from_greenhouse": counts(1, 1, 0, 0) },
            ],
            "subjects": { "event": counts(1, 1, 0, 0), "notice": counts(0, 0, 1, 0),
                          "problem": counts(0, 0, 0, 1), "push": counts(2, 0, 0, 0) },
            "open": { "failed": 2, "pending": 1, "oldest": "2026-05-01T10:00:00.000Z" },
        })
    );
}

#[test]
fn the_summary_covers_thirty_days_by_default_and_ninety_at_most() {
    for (query, days, first) in [
        ("", 30, "2026-05-04"),
        ("?days=1", 1, "2026-06-02"),
        ("?days=90", 90, "2026-03-05"),
    ] {
        let service = service_with([]).with_clock(Arc::new(ManualClock::at(at())));
        let path = format!("sync-log/summary{query}");
        let (status, body) = ask_service(&service, Method::GET, &path, "");
        assert_eq!(status, StatusCode::OK);
        let found = body["days"].as_array().unwrap();
        assert_eq!(found.len(), days, "{query}");
        assert_eq!(found[0]["date"], *first, "{query}");
        assert_eq!(found[days - 1]["date"], "2026-06-02", "{query}");
        let open = json!({ "failed": 0, "pending": 0, "oldest": null });
        assert_eq!(body["open"], open);
        assert_eq!(body["subjects"], json!({}), "{query}");
    }
}

#[test]
fn the_log_is_filtered_by_time() {
    let entry = |at: &str| {
        let (direction, subject) = (Direction::FromGreenhouse, LogSubject::Event);
        let text = Text::new("code", "text");
        LogEntry::new(time(at), direction, subject, LogStatus::Done, text)
    };
    let service = service_with([
        entry("2026-06-02T00:00:00Z"),
        entry("2026-06-01T12:00:00Z"),
        entry("2026-06-02T23:59:59.999Z"),
        entry("2026-06-03T00:00:00Z"),
    ]);
    for (query, expected) in [
        ("from=2026-06-02", &[4, 3, 1][..]),
        ("until=2026-06-02", &[2]),
        ("from=2026-06-02&until=2026-06-03", &[3, 1]),
        ("from=2026-06-02T00:00:00.001Z&until=2026-06-03", &[3]),
        ("from=2026-06-02T02:00:00%2B02:00", &[4, 3, 1]),
        ("from=2026-06-04", &[]),
        ("from=2026-06-01&before=3&limit=1", &[2]),
    ] {
        let path = format!("sync-log?{query}");
        let (status, body) = ask_service(&service, Method::GET, &path, "");
        assert_eq!(status, StatusCode::OK, "{query}");
        let entries = body["entries"].as_array().unwrap();
        let ids: Vec<i64> = entries
            .iter()
            .map(|one| one["id"].as_i64().unwrap())
            .collect();
        assert_eq!(ids, expected, "{query}");
    }
}

#[test]
fn a_bad_parameter_is_named() {
    for (parameter, value) in [
        ("days", "0"),
        ("days", "91"),
        ("days", "-1"),
        ("days", "x"),
        ("days", ""),
        ("days", "1.5"),
        ("days", "99999999999999999999"),
        ("from", ""),
        ("from", "yesterday"),
        ("from", "2026-6-1"),
        ("from", "2026-06-31"),
        ("from", "+2026-06-01"),
        ("from", "02026-06-01"),
        ("from", "2026-06-01T10:00:00"),
        ("from", "2026-06-01T10:00Z"),
        ("from", "2026-06-01T25:00:00Z"),
        ("from", "1780000000"),
        // A plus sign that is not percent-encoded is a space.
        ("from", "2026-06-01T10:00:00+02:00"),
        ("until", "2026-06-01T10:00:00Z tomorrow"),
        ("until", "2026-13-01"),
        ("until", "\u{0}"),
    ] {
        let endpoint = match parameter {
            "days" => "sync-log/summary",
            _ => "sync-log",
        };
        let value = match value {
            "\u{0}" => "%00",
            _ => &value.replace(' ', "%20"),
        };
        let (status, body) = ask(Method::GET, &format!("{endpoint}?{parameter}={value}"), "");
        assert_eq!(status, StatusCode::BAD_REQUEST, "{parameter}={value}");
        assert_eq!(body["error"]["code"], "bad_query");
        let message = body["error"]["message"].as_str().unwrap();
        assert!(
            message.starts_with(&format!("{parameter}: expected ")),
            "{message}"
        );
    }
    for until in ["2026-06-01", "2026-05-31T23:59:59Z"] {
        let path = format!("sync-log?from=2026-06-01&until={until}");
        let (status, body) = ask(Method::GET, &path, "");
        assert_eq!(status, StatusCode::BAD_REQUEST);
        let expected = format!("until: expected a time after `from`, got {until:?}");
        assert_eq!(body["error"]["message"], expected);
    }
}

fn time(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}
