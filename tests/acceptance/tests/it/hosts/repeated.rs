//! One signed body under many event ids.

use std::time::Duration;

use futures_util::future::join_all;
use reqwest::Method;

use super::{
    directions::finished,
    http::{answer, request, signature},
    missed::{assessment, pushed},
    setup::Setup,
};

/// A hire is confirmed by a read from Greenhouse. The same body under other event ids is accepted
/// and causes no other read.
pub(crate) async fn one_body_under_many_ids_is_read_once(setup: Setup) {
    let stage = setup.stage().await;
    let id = finished(&stage, "account-executive", 90.0).await;
    let application = pushed(&stage, &id).await;
    let reads = || stage.greenhouse.requests("GET", "/v3/applications");
    // Timestamps have whole seconds. A change in the second of the push would be read twice.
    tokio::time::sleep(Duration::from_millis(1_100)).await;
    let before = reads();
    let sent = stage.greenhouse.hire(application).await.unwrap();
    let hire = sent
        .iter()
        .find(|sent| sent.action == "hire_candidate")
        .unwrap();
    until_hired(&stage, &id).await;
    let first = reads() - before;

    let (url, secret) = &stage.hook;
    let path = url.strip_prefix(&stage.host_url).unwrap();
    let signature = signature(secret, &hire.body);
    let deliveries = (0..MANY).map(|number| {
        let request = request(&stage, Method::POST, path)
            .header("Signature", &signature)
            .header("Greenhouse-Event-ID", format!("repeated-{number}"))
            .body(hire.body.clone());
        answer(request)
    });
    let mut busy = 0;
    for (status, body) in join_all(deliveries).await {
        assert!(matches!(status, 200 | 503), "{status} {body}");
        busy += usize::from(status == 503);
    }
    assert!(busy < MANY, "{busy} deliveries must be repeated");
    tokio::time::sleep(Duration::from_secs(1)).await;
    let all = reads() - before;
    println!("{first} reads for one delivery, {all} reads with {MANY} repeated ones");
    // Another event about the application, received after the hire, permits one more read.
    assert!(
        all <= first + 1,
        "{all} reads, {first} after the first delivery"
    );
    stage.stop().await.unwrap();
}

async fn until_hired(stage: &server::demo::Demo, id: &str) {
    for _ in 0..200 {
        if assessment(stage, id).await["outcome"] == "hired" {
            return;
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    panic!("the product did not receive the outcome");
}

const MANY: usize = 100;
