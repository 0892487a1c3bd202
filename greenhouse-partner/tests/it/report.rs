use bytes::Bytes;
use chrono::TimeDelta;
use greenhouse_core::{
    AccountId, AssessmentId, Secret,
    operator::OperatorService,
    platform::AssessmentPlatform,
    report_link::{ReportGrant, ReportLinkKey, ReportLinks},
    settings::AccountSettings,
    store::{Applied, Changes, LogStatus, LogSubject, Records, StoreWriter, Write},
};
use http::{Method, Request};
use serde_json::json;

use crate::support::{Answer, OTHER_KEY, World, send_test_body};

async fn link(world: &World, assessment: &AssessmentId) -> String {
    let answer = world
        .get(&format!("/api/greenhouse/report/{assessment}"))
        .await;
    assert_eq!(answer.status, 200);
    let url = answer.json()["url"].as_str().unwrap().to_owned();
    assert_eq!(answer.json(), json!({ "url": url }));
    url.strip_prefix("https://host.example").unwrap().to_owned()
}

#[tokio::test]
async fn a_signed_link_opens_the_report_without_login() {
    let world = World::new();
    let (_, assessment) = world.finished().await;
    let link = link(&world, &assessment).await;
    // Also with assessments disabled.
    world.switch.off();
    for method in [Method::GET, Method::HEAD] {
        let answer = world.request(method, &link, None, "").await;
        assert_eq!(answer.status, 302);
        assert_eq!(
            answer.header("location"),
            Some(&*format!("https://product.example/reports/{assessment}"))
        );
        assert_eq!(answer.header("cache-control"), Some("no-store"));
        assert_eq!(answer.header("referrer-policy"), Some("no-referrer"));
        assert!(answer.response.body().is_empty());
    }
}

#[tokio::test]
async fn a_revoked_link_is_gone_and_a_new_one_opens() {
    let world = World::new();
    let (_, assessment) = world.finished().await;
    let old = link(&world, &assessment).await;
    world
        .service
        .revoke_report_links(&world.account, &assessment)
        .await
        .unwrap();
    let answer = world.request(Method::GET, &old, None, "").await;
    assert_eq!(
        (answer.status, answer.header("content-type")),
        (410, Some("text/plain; charset=utf-8"))
    );
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    let new = link(&world, &assessment).await;
    assert_eq!(world.request(Method::GET, &new, None, "").await.status, 302);
    world
        .service
        .revoke_report_links(&world.account, &assessment)
        .await
        .unwrap();
    assert_eq!(world.request(Method::GET, &new, None, "").await.status, 410);
}

#[tokio::test]
async fn a_modified_link_is_refused() {
    let world = World::new();
    let (_, assessment) = world.finished().await;
    let link = link(&world, &assessment).await;
    let (path, token) = link.split_once("?token=").unwrap();
    for bad in [
        format!("{path}?token="),
        format!("{path}?token=x"),
        format!("{path}?token={token}x"),
        format!("{path}?token={}", "a".repeat(10_000)),
        format!("/api/greenhouse/report/other?token={token}"),
    ] {
        let answer = world.request(Method::GET, &bad, None, "").await;
        assert_eq!(
            (answer.status, answer.header("content-type")),
            (404, Some("text/plain; charset=utf-8")),
            "{bad}"
        );
        assert_eq!(answer.header("location"), None);
    }
    world.platform.set_down(true);
    assert_eq!(
        world.request(Method::GET, &link, None, "").await.status,
        503
    );
}

#[tokio::test]
async fn links_are_created_only_for_finished_assessments_of_the_account() {
    let world = World::new();
    let (id, assessment) = world.invited().await;
    let path = format!("/api/greenhouse/report/{assessment}");
    assert_eq!(world.get(&path).await.status, 404);
    world.finish(&id, &assessment);
    assert_eq!(world.get(&path).await.status, 200);
    assert_eq!(
        world.get("/api/greenhouse/report/unknown").await.status,
        404
    );
    assert_eq!(
        world
            .request(Method::GET, &path, Some(OTHER_KEY), "")
            .await
            .status,
        404
    );
    assert_eq!(
        world.request(Method::GET, &path, None, "").await.status,
        401
    );
}

/// A customer without assessments has links too, for example in notes that the push wrote.
#[tokio::test]
async fn a_link_needs_no_assessment_settings() {
    let world = World::new();
    let (_, assessment) = world.finished().await;
    let link = link(&world, &assessment).await;
    change(&world, |settings| settings.assessments = None).await;
    assert_eq!(open(&world, &link).await, 302);
    let answer = world
        .get(&format!("/api/greenhouse/report/{assessment}"))
        .await;
    assert_eq!(answer.status, 401, "no partner key is valid");
}

#[tokio::test]
async fn a_key_is_retired_in_two_steps() {
    let world = World::new();
    let (_, assessment) = world.finished().await;
    let old = link(&world, &assessment).await;
    let (first, second) = (key("k1", 's'), key("k2", 't'));

    rotate(
        &world,
        ReportLinks::new(second.clone(), vec![first.clone()]),
    )
    .await;
    let new = link(&world, &assessment).await;
    assert_ne!(new, old);
    assert_eq!(
        (open(&world, &old).await, open(&world, &new).await),
        (302, 302)
    );

    rotate(&world, ReportLinks::new(second, vec![])).await;
    assert_eq!(
        (open(&world, &old).await, open(&world, &new).await),
        (404, 302)
    );

    // A different key with a known name does not verify the links of the first key.
    rotate(&world, ReportLinks::new(key("k2", 'u'), vec![])).await;
    assert_eq!(open(&world, &new).await, 404);
    rotate(&world, ReportLinks::new(first, vec![])).await;
    assert_eq!(open(&world, &old).await, 302);
}

#[tokio::test]
async fn a_revocation_affects_one_report() {
    let world = World::new();
    let (id, assessment) = world.finished().await;
    let sent = send_test_body("778").to_string();
    let second = world.post("/api/greenhouse/send-test", sent).await.json();
    let second = second["partner_interview_id"].as_str().unwrap().to_owned();
    world.run_due().await;
    let other = world.invitation(&second).await.assessment.unwrap();
    world.finish(&second, &other);
    let (old, untouched) = (link(&world, &assessment).await, link(&world, &other).await);
    let revoked = world
        .service
        .revoke_report_links(&world.account, &assessment);
    revoked.await.unwrap();
    assert_eq!(
        (open(&world, &old).await, open(&world, &untouched).await),
        (410, 302)
    );

    // Greenhouse receives the new link with its next poll.
    let status = format!("/api/greenhouse/test-status?partner_interview_id={id}");
    let new_link = world.get(&status).await.json();
    let new_link = new_link["partner_profile_url"].as_str().unwrap();
    let new_link = new_link.strip_prefix("https://host.example").unwrap();
    assert_ne!(new_link, old);
    assert_eq!(open(&world, new_link).await, 302);
}

#[tokio::test]
async fn an_operator_revokes_the_links_of_a_report() {
    let world = World::new();
    let (_, assessment) = world.finished().await;
    let revoke = format!("report-links/{assessment}/revoke");
    let old = link(&world, &assessment).await;
    let lines = world.lines().await.len();
    for _ in 0..2 {
        let old = link(&world, &assessment).await;
        let answer = operate(&world, &world.account, "POST", &revoke).await;
        assert_eq!((answer.status, &*answer.text()), (204, ""));
        assert_eq!(open(&world, &old).await, 410);
    }
    assert_eq!(open(&world, &old).await, 410);
    assert_eq!(open(&world, &link(&world, &assessment).await).await, 302);

    // The log has one entry, for the last revocation.
    let log = world.log().await;
    assert_eq!(log.len(), lines + 1);
    let entry = &log.last().unwrap().entry;
    assert_eq!(
        (entry.subject, entry.status),
        (LogSubject::ReportLink, LogStatus::Done)
    );
    assert_eq!(entry.assessment.as_ref(), Some(&assessment));
    assert!(entry.text.contains("were revoked"), "{}", entry.text);
}

/// A person who opened a link may have kept the URL to which it redirected.
#[tokio::test]
async fn a_revocation_ends_the_urls_of_the_product() {
    let world = World::new();
    let (_, assessment) = world.finished().await;
    let url = async || world.platform.report_url(&world.account, &assessment).await;
    let first = url().await.unwrap();
    let revoke = format!("report-links/{assessment}/revoke");
    operate(&world, &world.account, "POST", &revoke).await;
    let second = url().await.unwrap();
    assert_ne!(second, first);

    // If the product does not revoke its URLs, the log reports this until a later revocation
    // succeeds.
    for (down, status) in [(true, LogStatus::Failed), (false, LogStatus::Done)] {
        world.platform.set_down(down);
        let answer = operate(&world, &world.account, "POST", &revoke).await;
        assert_eq!(answer.status, 204);
        let entry = world.log().await.pop().unwrap().entry;
        assert_eq!(
            (entry.subject, entry.status),
            (LogSubject::ReportLink, status)
        );
        assert_eq!(
            entry.code == "report_urls_not_ended",
            down,
            "{}",
            entry.text
        );
    }
    assert_ne!(url().await.unwrap(), second);
}

/// The link may have leaked.
#[tokio::test]
async fn links_are_revoked_while_the_product_is_down() {
    let world = World::new();
    let (_, assessment) = world.finished().await;
    let old = link(&world, &assessment).await;
    world.platform.set_down(true);
    let revoke = format!("report-links/{assessment}/revoke");
    let answer = operate(&world, &world.account, "POST", &revoke).await;
    assert_eq!(answer.status, 204);
    world.platform.set_down(false);
    assert_eq!(open(&world, &old).await, 410);
}

#[tokio::test]
async fn links_of_unknown_or_foreign_assessments_are_not_revoked() {
    let world = World::new();
    let (_, assessment) = world.finished().await;
    let old = link(&world, &assessment).await;
    let lines = world.lines().await;
    let revoke = format!("report-links/{assessment}/revoke");
    for (account, method, path, answered) in [
        (&world.other, "POST", &*revoke, (404, "not_found")),
        (
            &world.account,
            "POST",
            "report-links/unknown/revoke",
            (404, "not_found"),
        ),
        (
            &world.account,
            "POST",
            "report-links//revoke",
            (404, "not_found"),
        ),
        (&world.account, "POST", "report-links", (404, "not_found")),
        (&world.account, "GET", &revoke, (405, "method_not_allowed")),
        (
            &world.account,
            "DELETE",
            &revoke,
            (405, "method_not_allowed"),
        ),
    ] {
        let answer = operate(&world, account, method, path).await;
        assert_eq!(
            (answer.status, &*answer.code()),
            answered,
            "{method} {path}"
        );
    }
    assert_eq!(open(&world, &old).await, 302);
    assert_eq!(world.lines().await, lines);
}

/// A link with a version that was never issued is refused, too.
#[tokio::test]
async fn a_link_is_valid_for_its_version_and_lifetime_only() {
    let world = World::new();
    let (_, assessment) = world.finished().await;
    let links = ReportLinks::new(key("k1", 's'), vec![]);
    let signed = |version: u64, end: Option<i64>| {
        let mut grant = ReportGrant::new(world.account.clone(), assessment.clone(), version);
        if let Some(seconds) = end {
            grant = grant.expiring_at(world.now() + TimeDelta::seconds(seconds));
        }
        let token = links.sign(&grant);
        format!("/api/greenhouse/report/{assessment}?token={token}")
    };
    let short = signed(1, Some(60));
    for (link, status) in [
        (signed(1, None), 302),
        (short.clone(), 302),
        (signed(1, Some(0)), 410),
        (signed(0, None), 410),
        (signed(2, None), 410),
    ] {
        assert_eq!(open(&world, &link).await, status);
    }
    world.tick(60);
    assert_eq!(open(&world, &short).await, 410);
    world.tick(20 * 365 * 24 * 60 * 60);
    assert_eq!(
        open(&world, &signed(1, None)).await,
        302,
        "after twenty years"
    );
}

async fn operate(world: &World, account: &AccountId, method: &str, path: &str) -> Answer {
    let operator = OperatorService::new(world.store.clone(), vec![world.service.clone()]);
    let request = Request::builder()
        .method(method)
        .uri(format!("/api/integrations/greenhouse/{path}"))
        .extension(account.clone())
        .body(Bytes::new());
    Answer::of(operator.handle(request.unwrap()).await)
}

async fn open(world: &World, link: &str) -> u16 {
    world.request(Method::GET, link, None, "").await.status
}

async fn rotate(world: &World, links: ReportLinks) {
    change(world, |settings| settings.report_links = links).await;
}

async fn change(world: &World, change: impl FnOnce(&mut AccountSettings)) {
    let record = world.store.account(&world.account).await.unwrap();
    let mut record = record.unwrap();
    change(&mut record.settings);
    let mut changes = Changes::none();
    changes.account = Some(Write::Put(record));
    let applied = world.store.apply(&world.account, changes).await;
    assert_eq!(applied.unwrap(), Applied::Applied);
}

fn key(id: &str, fill: char) -> ReportLinkKey {
    ReportLinkKey::new(id, Secret::new(fill.to_string().repeat(32))).unwrap()
}
