use axum_host::Axum;
use mock_greenhouse::{Fault, FaultKind};

use super::{
    inspection::Inspection,
    states::{ACTIVITY, MANY_ENTRIES},
};
use crate::{
    operator::{execute, open, sign_in},
    page::Page,
    stage::Stage,
};

pub(super) async fn inspect(page: Page) {
    let mut look = Inspection::new(&page, ACTIVITY);
    let empty = Stage::empty(&Axum).await;
    sign_in(&page, &empty).await;
    open(&page, &empty, "activity").await;
    look.state("activity: empty").await;
    empty.stop().await;

    let stage = Stage::set_up(&Axum).await;
    let pushed = stage.completed("Noor", "Haddad", 90.0).await;
    let application = stage.settled(&pushed).await["application"].as_i64();
    let application = application.unwrap();
    stage.greenhouse().reject(application).await.unwrap();
    let skipped = stage.completed("Tess", "Moreau", 41.0).await;
    stage.settled(&skipped).await;
    for name in ["Lena", "Max", "Nora"] {
        fail_pushes(&stage, 1);
        let failed = stage.completed(name, "Vogt", 91.0).await;
        assert_eq!(stage.settled(&failed).await["status"], "failed");
    }
    stage.send_test("discovery-call").await;
    sign_in(&page, &stage).await;
    open(&page, &stage, "activity").await;
    look.state("activity: entries").await;
    page.unfold(".gh-section details").await;
    look.state("activity: table of the chart").await;
    open(&page, &stage, "activity?assessment=unknown").await;
    look.state("activity: no match").await;
    open(&page, &stage, "activity?status=broken&from=30.11.2026").await;
    look.state("activity: refused filter").await;

    open(&page, &stage, "activity").await;
    fail_pushes(&stage, 3);
    page.submit("form[action$='retry-failed']", &[]).await;
    look.state("activity: all failed retried").await;
    crate::wait::until("the retried pushes", async || {
        let failed = stage.log("?status=failed").await;
        let pending = stage.log("?status=pending").await;
        pending.is_empty() && failed.len() >= 3
    })
    .await;
    crate::operator::change(&stage, "push", |stored| {
        stored["jobs"] = serde_json::json!({});
        stored["enabled"] = serde_json::json!(false);
    })
    .await;
    open(&page, &stage, "activity").await;
    page.submit("form[action$='retry-failed']", &[]).await;
    page.unfold(".gh-refusals details").await;
    look.state("activity: refused retries").await;
    look.end();
    stage.stop().await;
}

/// The numbers are those of ten thousand entries of the last 30 days, of every status.
pub(super) async fn inspect_many(page: Page) {
    let stage = Stage::set_up(&Axum).await;
    let pushed = stage.completed("Noor", "Haddad", 90.0).await;
    assert_eq!(stage.settled(&pushed).await["status"], "done");
    execute(&stage, TEN_THOUSAND).await;
    let mut look = Inspection::new(&page, MANY_ENTRIES);
    sign_in(&page, &stage).await;
    open(&page, &stage, "activity").await;
    look.state("activity: 10,000 entries").await;
    page.find("link", "Load more").await.click().await;
    let more = "return document.querySelectorAll('[data-rows] tr').length === 40";
    page.wait_until("older entries", more).await;
    look.state("activity: more entries loaded").await;

    open(&page, &stage, "activity").await;
    page.js(
        "document.querySelector('.gh-new').dataset.every = '0.1'",
        vec![],
    )
    .await;
    let skipped = stage.completed("Tess", "Moreau", 41.0).await;
    stage.settled(&skipped).await;
    // The first pause has begun before the test shortened it.
    for _ in 0..2 {
        if crate::wait::try_until("the new entry", async || {
            page.has("link", "1 new entry").await
        })
        .await
        .is_ok()
        {
            break;
        }
    }
    look.state("activity: new entries announced").await;
    look.end();
    stage.stop().await;
}

/// Lets the next pushes fail at the creation of the candidate.
fn fail_pushes(stage: &Stage, count: u64) {
    let kind = FaultKind::Status {
        status: 422,
        applied: false,
    };
    let fault = Fault::new("POST", "/v3/candidates", kind);
    stage.greenhouse().add_fault(fault.next(count));
}

const TEN_THOUSAND: &str = "
    INSERT INTO sync_log (account, direction, status, assessment, record, happened_at, subject)
    WITH RECURSIVE numbers (number) AS (
        SELECT 1 UNION ALL SELECT number + 1 FROM numbers WHERE number < 10000
    ),
    entries AS (
        SELECT number, account, assessment, record, happened_at, subject,
            happened_at - (10000 - number) * 250 * 1000000 AS own_time,
            CASE number % 7 WHEN 1 THEN 'failed' WHEN 2 THEN 'skipped' WHEN 3 THEN 'pending'
                ELSE 'done' END AS own_status
        FROM (SELECT * FROM sync_log WHERE subject = 'push' ORDER BY id DESC LIMIT 1), numbers
    )
    SELECT account, 'to_greenhouse', own_status, assessment,
        json_set(record, '$.status', own_status,
            '$.at', strftime('%Y-%m-%dT%H:%M:%SZ', own_time / 1000000, 'unixepoch')),
        own_time, subject
    FROM entries ORDER BY number
";
