use axum_host::Axum;
use serde_json::{Value, json};

use crate::{
    operator::{enter_token, open, sign_in},
    page::Page,
    stage::Stage,
};

/// A session that was planted in the browser is not the one after the sign-in.
pub(super) async fn fixation(page: Page) {
    let stage = Stage::set_up(&Axum).await;
    sign_in(&page, &stage).await;
    let of_attacker = session(&page).await;
    page.clear_cookies().await;
    for planted in [of_attacker.as_str(), "planted"] {
        page.goto(stage.url("/console/sign-in")).await;
        plant(&page, &stage, planted).await;
        page.goto(stage.url("/console/sign-in")).await;
        enter_token(&page, stage.token()).await;
        page.find("heading", "Partner keys").await;
        let own = session(&page).await;
        assert_ne!(own, planted);
        // The attacker ends the planted session. The user stays signed in.
        if planted == of_attacker {
            plant(&page, &stage, planted).await;
            open(&page, &stage, "assessments").await;
            let sign_out = page.find("button", "Sign out").await;
            page.replaced_by(sign_out.click()).await;
            plant(&page, &stage, &own).await;
            open(&page, &stage, "assessments").await;
            page.find("heading", "Partner keys").await;
            page.clear_cookies().await;
        }
    }
    let cookies = page.cdp("Network.getCookies", json!({})).await;
    let cookie = &cookies["cookies"][0];
    assert_eq!(cookie["httpOnly"], true, "{cookie}");
    assert_eq!(cookie["sameSite"], "Strict", "{cookie}");
    let readable = page.js("return document.cookie", vec![]).await;
    assert_eq!(readable, "");
    stage.stop().await;
}

/// After the sign-out, a copy of the cookie opens nothing, and the history shows no page.
pub(super) async fn sign_out(page: Page) {
    let stage = Stage::set_up(&Axum).await;
    sign_in(&page, &stage).await;
    let own = session(&page).await;
    open(&page, &stage, "push").await;
    let sign_out = page.find("button", "Sign out").await;
    page.replaced_by(sign_out.click()).await;
    page.field("Operator token").await;
    plant(&page, &stage, &own).await;
    open(&page, &stage, "push").await;
    page.field("Operator token").await;
    page.back().await;
    page.back().await;
    page.wait_until_loaded().await;
    let shown = page.text().await;
    assert!(!shown.contains("Harvest credential"), "{shown}");
    stage.stop().await;
}

async fn session(page: &Page) -> String {
    let cookies = page.cdp("Network.getCookies", json!({})).await;
    let cookies = cookies["cookies"].as_array().unwrap();
    let own = cookies.iter().find(|cookie| cookie["name"] == COOKIE);
    own.and_then(|cookie| cookie["value"].as_str())
        .unwrap()
        .to_owned()
}

async fn plant(page: &Page, stage: &Stage, value: &str) {
    let cookie = json!({ "name": COOKIE, "value": value, "url": stage.url("/") });
    let set = page.cdp("Network.setCookie", cookie).await;
    assert_eq!(set["success"], Value::Bool(true), "{set}");
}

const COOKIE: &str = "greenhouse-console";
