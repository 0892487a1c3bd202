use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, Days, TimeDelta, Utc};
use console::{Console, Describe, Description};
use greenhouse_core::{
    AccountId, AssessmentId, Clock as _, SystemClock, Text,
    store::{Applied, Changes, Direction, LogEntry, LogStatus, LogSubject},
};

use crate::stage::{Shown, Stage};

#[tokio::test]
async fn an_empty_log_says_what_to_do_first() {
    let stage = Stage::empty().await;
    let page = stage.get("/activity").await;
    assert_eq!(page.status, 200);
    assert!(page.body.contains("data-page=\"activity\""));
    assert!(
        page.body
            .contains("Nothing was exchanged with Greenhouse yet.")
    );
    assert!(
        page.body
            .contains("href=\"/mounted/push\">Set up Candidate Push")
    );
    assert!(!page.body.contains("<table") && !page.body.contains("data-poll"));
    let filtered = stage.get("/activity?status=failed").await;
    assert!(filtered.body.contains("No entry matches these filters."));
    assert_eq!(stage.get("/activity?before=x").await.status, 404);
}

#[tokio::test]
async fn a_push_is_in_the_chart_and_in_the_log() {
    let stage = Stage::set_up().await;
    let id = stage.assess("asm-1", 82.0);
    stage.post(&format!("/button/{id}"), &[]).await;
    let page = stage.get("/activity").await;
    let today = SystemClock.now().date_naive();
    let day = format!("href=\"/mounted/activity?from={today}&amp;until={today}\"");
    assert_eq!(page.body.matches(&day).count(), 2, "bar and table");
    assert!(page.body.contains("class=\"gh-bar-done\" x="));
    assert!(
        page.body
            .contains(&format!("{}: Pushed 1", today.format("%-d %b %Y")))
    );
    assert!(page.body.contains("</svg>Pushed <strong>1</strong>"));
    assert!(page.body.contains("</svg>Failed <strong>0</strong>"));
    assert_eq!(rows(&page).len(), 1);
    assert!(page.body.contains("https://app.greenhouse.io/people/"));
    assert!(page.body.contains("data-drawer"));
    assert!(!page.body.contains("Retry all failed"));
    assert!(!page.body.contains("style=") && !page.body.contains("onclick"));
    let of_day = stage
        .get(&format!("/activity?from={today}&until={today}"))
        .await;
    assert_eq!(rows(&of_day).len(), 1);
    let before = today.pred_opt().unwrap();
    let of_day = stage
        .get(&format!("/activity?from={before}&until={before}"))
        .await;
    assert_eq!(rows(&of_day).len(), 0);
    assert!(of_day.body.contains("No entry matches these filters."));
}

#[tokio::test]
async fn filters_select_entries_and_stay_in_every_link() {
    let stage = Stage::empty().await;
    let now = SystemClock.now();
    let mut entries = vec![
        entry(now, LogStatus::Failed).about_assessment(AssessmentId::new("a & b")),
        entry(now, LogStatus::Done).about_assessment(AssessmentId::new("asm-2")),
    ];
    let from = Direction::FromGreenhouse;
    let text = Text::new("test_received", "Received.");
    entries.push(LogEntry::new(
        now,
        from,
        LogSubject::Invitation,
        LogStatus::Done,
        text,
    ));
    entries.extend((0..40).map(|_| entry(now - Days::new(3), LogStatus::Skipped)));
    seed(&stage, entries).await;
    let day = (now - Days::new(3)).date_naive();
    for (query, expected) in [
        ("status=failed".to_owned(), 1),
        ("status=done".to_owned(), 2),
        ("status=done&direction=from_greenhouse".to_owned(), 1),
        ("assessment=a+%26+b".to_owned(), 1),
        ("assessment=a".to_owned(), 0),
        (format!("from={day}&until={day}"), 20),
        (format!("until={day}&direction=from_greenhouse"), 0),
        ("status=&direction=&assessment=&from=&until=".to_owned(), 20),
    ] {
        let page = stage.get(&format!("/activity?{query}")).await;
        assert_eq!((page.status, rows(&page).len()), (200, expected), "{query}");
    }
    let page = stage
        .get(&format!("/activity?status=skipped&from={day}"))
        .await;
    let more = more(&page).unwrap();
    assert!(
        more.contains(&format!("status=skipped&from={day}&before=")),
        "{more}"
    );
    assert_eq!(rows(&stage.get(&more).await).len(), 20);
    let poll =
        format!("data-poll=\"/mounted/activity/new?status=skipped&amp;from={day}&amp;after=");
    assert!(page.body.contains(&poll));
    assert!(page.body.contains("<option value=\"skipped\" selected>"));
    assert!(page.body.contains(&format!("value=\"{day}\"")));
}

#[tokio::test]
async fn an_invalid_filter_is_a_problem_of_its_field() {
    let stage = Stage::empty().await;
    seed(&stage, vec![entry(SystemClock.now(), LogStatus::Failed)]).await;
    for (query, field, text) in [
        ("status=%3Cb%3E", "status", "Choose one of the options."),
        ("direction=up", "direction", "Choose one of the options."),
        (
            "from=30.11.2026",
            "from",
            "Enter a date such as 2026-11-30.",
        ),
        (
            "from=2026-11-30&until=2026-11-29",
            "until",
            "Choose a day that is not before the first one.",
        ),
    ] {
        let page = stage.get(&format!("/activity?{query}")).await;
        assert_eq!(page.status, 422, "{query}");
        let problems =
            format!("id=\"gh-{field}-problems\"><li data-code=\"bad_query\">{text}</li>");
        assert!(page.body.contains(&problems), "{query}");
        assert_eq!(page.body.matches("aria-invalid=\"true\"").count(), 1);
        assert_eq!(rows(&page).len(), 0);
    }
    let typed = stage.get("/activity?status=%3Cb%3E&from=30.11.2026").await;
    assert!(typed.body.contains("value=\"30.11.2026\""));
    assert!(typed.body.contains("&lt;b&gt;") && !typed.body.contains("<b>"));
}

#[tokio::test]
async fn ten_thousand_entries_are_shown_page_by_page() {
    let stage = Stage::empty().await;
    let now = SystemClock.now();
    for _ in 0..10 {
        let entries = (0..1000).map(|number| {
            let id = AssessmentId::new(format!("assessment-{number}"));
            let at = now - TimeDelta::hours(number % 700);
            entry(at, LogStatus::Done).about_assessment(id)
        });
        seed(&stage, entries.collect()).await;
    }
    let mut page = stage.get("/activity").await;
    assert!(page.body.len() < 40_000, "{} bytes", page.body.len());
    let mut seen = rows(&page);
    assert_eq!(seen.len(), 20);
    for _ in 0..4 {
        page = stage.get(&more(&page).unwrap()).await;
        seen.extend(rows(&page));
    }
    let expected: Vec<_> = (0..100).map(|number| 10_000 - number).collect();
    assert_eq!(seen, expected);
    assert!(page.body.contains("Back to the newest entries"));
    assert!(!page.body.contains("/activity/new?"));
    let last = stage.get("/activity?before=4").await;
    assert_eq!((rows(&last), more(&last)), (vec![3, 2, 1], None));
    let none = stage.get("/activity?before=1").await;
    assert!(none.body.contains("There are no older entries."));
}

#[tokio::test]
async fn new_entries_are_announced() {
    let stage = Stage::empty().await;
    let now = SystemClock.now();
    seed(&stage, vec![entry(now, LogStatus::Done)]).await;
    let newest = rows(&stage.get("/activity").await)[0];
    let poll = format!("/activity/new?after={newest}");
    let none = stage.get(&poll).await;
    assert_eq!((none.status, &*none.body), (200, ""));
    let entries = vec![
        entry(now, LogStatus::Done),
        entry(now, LogStatus::Failed),
        entry(now, LogStatus::Done),
    ];
    seed(&stage, entries).await;
    let new = stage.get(&poll).await;
    assert!(new.body.contains(">3 new entries</a>"), "{}", new.body);
    let filtered = stage.get(&format!("{poll}&status=failed")).await;
    assert!(
        filtered
            .body
            .contains("href=\"/mounted/activity?status=failed\">1 new entry</a>")
    );
    seed(
        &stage,
        (0..60).map(|_| entry(now, LogStatus::Done)).collect(),
    )
    .await;
    let many = stage.get(&poll).await;
    assert!(many.body.contains(">50 or more new entries</a>"));
    assert_eq!(stage.get("/activity/new").await.status, 404);
    assert!(stage.get(&format!("{poll}&status=x")).await.body.is_empty());
}

/// The script asks for the rows that are not final.
#[tokio::test]
async fn rows_are_loaded_by_their_ids() {
    let stage = Stage::set_up().await;
    let now = SystemClock.now();
    let all = [LogStatus::Done, LogStatus::Pending, LogStatus::Failed];
    seed(&stage, all.map(|status| entry(now, status)).into()).await;
    let page = stage.get("/activity").await;
    let [failed, pending, done] = rows(&page)[..] else {
        panic!("three rows");
    };
    assert!(
        page.body
            .contains("data-poll=\"/mounted/activity/rows?ids=\"")
    );
    let marked = format!("data-entry=\"{pending}\" data-pending");
    assert!(page.body.contains(&marked));
    assert_eq!(page.body.matches(" data-pending").count(), 1);
    let path = format!("/activity/rows?ids={pending},{done},999999,x,{failed}");
    let loaded = stage.get(&path).await;
    assert_eq!(loaded.status, 200);
    assert!(loaded.body.starts_with("<tr "), "{}", loaded.body);
    assert_eq!(rows(&loaded), [pending, done, failed]);
    assert_eq!(loaded.body.matches(" data-pending").count(), 1);
    let many: Vec<_> = (1..500).map(|id: i64| id.to_string()).collect();
    let path = format!("/activity/rows?ids={}", many.join(","));
    assert_eq!(stage.get(&path).await.status, 200);
    assert_eq!(stage.get("/activity/rows").await.body, "");
}

#[tokio::test]
async fn names_come_from_the_host_and_are_text() {
    let mut stage = Stage::empty().await;
    stage.console = Console::new(&stage.integration).describe(Host);
    let now = SystemClock.now();
    let of = |id: &str| entry(now, LogStatus::Done).about_assessment(AssessmentId::new(id));
    let text = "<script>alert(1)</script>";
    let hostile = Text::new("push_done", text);
    let (to, push) = (Direction::ToGreenhouse, LogSubject::Push);
    let mut entries = vec![LogEntry::new(now, to, push, LogStatus::Done, hostile)];
    let ids = [
        "mira", "hostile", "script", "unknown", "slow", "slow-2", "panic", "<i>",
    ];
    entries.extend(ids.map(of));
    seed(&stage, entries).await;
    let begun = SystemClock.now();
    let page = stage.get("/activity").await;
    assert!(SystemClock.now() - begun < TimeDelta::milliseconds(1800));
    let body = &page.body;
    assert!(
        body.contains("href=\"/candidates/7\" dir=\"auto\">Mira Okafor</a>"),
        "{body}"
    );
    assert!(body.contains("&lt;img src=x onerror=alert(1)&gt;\u{202e}"));
    assert!(body.contains("dir=\"auto\">Script</span>"));
    assert!(!body.contains("javascript:") && !body.contains("<img") && !body.contains("<script>"));
    assert!(body.contains("&lt;script&gt;alert(1)"));
    for id in ["unknown", "slow", "slow-2", "panic", "&lt;i&gt;"] {
        assert!(body.contains(&format!("dir=\"auto\">{id}</span>")), "{id}");
    }
}

#[tokio::test]
async fn a_switched_off_account_says_so() {
    let stage = Stage::set_up().await;
    assert!(
        !stage
            .get("/activity")
            .await
            .body
            .contains("is switched off")
    );
    let accounts = stage.integration.accounts();
    accounts.switch(&stage.account, false).await.unwrap();
    let page = stage.get("/activity").await;
    assert!(
        page.body
            .contains("The integration is switched off for this account.")
    );
}

#[derive(Debug)]
struct Host;

#[async_trait]
impl Describe for Host {
    async fn describe(&self, _: &AccountId, assessment: &AssessmentId) -> Option<Description> {
        let (label, url) = match assessment.as_str() {
            "mira" => ("Mira Okafor", Some("/candidates/7")),
            "hostile" => ("<img src=x onerror=alert(1)>\u{202e}", None),
            "script" => ("Script", Some("javascript:alert(1)")),
            "slow" | "slow-2" => {
                tokio::time::sleep(Duration::from_secs(60)).await;
                ("never", None)
            }
            "panic" => panic!("planted"),
            _ => return None,
        };
        let url = url.map(str::to_owned);
        Some(Description {
            label: label.to_owned(),
            url,
        })
    }
}

pub(crate) fn entry(at: DateTime<Utc>, status: LogStatus) -> LogEntry {
    let text = Text::new("push_requested", "Requested.");
    LogEntry::new(at, Direction::ToGreenhouse, LogSubject::Push, status, text)
}

pub(crate) async fn seed(stage: &Stage, entries: Vec<LogEntry>) {
    let mut changes = Changes::none();
    changes.log = entries;
    let store = stage.integration.ports().store();
    let applied = store.apply(&stage.account, changes).await.unwrap();
    assert_eq!(applied, Applied::Applied);
}

/// Ids of the entries on a page.
pub(crate) fn rows(page: &Shown) -> Vec<i64> {
    let rows = page.body.split("<tr data-row data-entry=\"").skip(1);
    rows.map(|row| row.split('"').next().unwrap().parse().unwrap())
        .collect()
}

/// Path of the next page.
fn more(page: &Shown) -> Option<String> {
    let (before, _) = page.body.split_once("\" data-more=")?;
    let address = before.rsplit("href=\"").next()?;
    let path = address.strip_prefix("/mounted")?;
    Some(path.replace("&amp;", "&"))
}
