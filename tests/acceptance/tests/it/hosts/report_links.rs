//! Report links and their revocation.

use reqwest::{Client, Method, redirect::Policy};
use serde_json::Value;
use server::demo::Demo;

use super::{
    directions::finished,
    http::{answer, request},
    setup::Setup,
};

pub(crate) async fn revoked_report_links_return_gone_and_new_ones_work(setup: Setup) {
    let stage = setup.stage().await;
    let id = finished(&stage, "account-executive", 10.0).await;
    let old = link(&stage, &id).await;
    assert_eq!(open(&old).await, 302);

    let revoke = format!("/api/integrations/greenhouse/report-links/{id}/revoke");
    let revoked = stage.client.ask("POST", &revoke, None).await.unwrap();
    assert_eq!((revoked.status, &revoked.body), (204, &Value::from("")));
    assert_eq!(open(&old).await, 410);
    assert_eq!(open(&link(&stage, &id).await).await, 302);

    let log = format!("/api/integrations/greenhouse/sync-log?assessment={id}");
    let log = stage.client.ask("GET", &log, None).await.unwrap();
    let newest = &log.body["entries"][0];
    assert_eq!(newest["subject"], "report_link", "{newest}");
    stage.stop().await.unwrap();
}

async fn link(stage: &Demo, assessment: &str) -> String {
    let path = format!("api/greenhouse/report/{assessment}");
    let asked = request(stage, Method::GET, &path);
    let (status, body) = answer(asked.basic_auth(stage.partner_key.expose(), Some(""))).await;
    assert_eq!(status, 200, "{body}");
    body["url"].as_str().unwrap().to_owned()
}

/// Opens a URL without following redirects.
async fn open(link: &str) -> u16 {
    let browser = Client::builder().no_proxy().redirect(Policy::none());
    let opened = browser.build().unwrap().get(link).send().await;
    opened.unwrap().status().as_u16()
}
