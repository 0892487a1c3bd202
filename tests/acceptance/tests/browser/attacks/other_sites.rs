use axum_host::Axum;
use serde_json::json;

use crate::{
    foreign::ForeignSite,
    operator::{open, sign_in},
    page::Page,
    stage::Stage,
};

/// Forms of another origin that are sent to the console, with and without the session.
pub(super) async fn forms(page: Page) {
    let stage = Stage::set_up(&Axum).await;
    let before = state(&stage).await;
    let mut site = Vec::new();
    for (path, target, fields) in TARGETS {
        let action = stage.url(target);
        let fields = fields.split('&').filter_map(|field| field.split_once('='));
        let fields: String = fields
            .map(|(name, value)| format!("<input name=\"{name}\" value=\"{value}\">"))
            .collect();
        let form =
            format!("<form class=\"gh\" method=\"post\" action=\"{action}\">{fields}</form>");
        site.push((path, form));
    }
    let site = ForeignSite::start(site).await;
    sign_in(&page, &stage).await;
    for (path, ..) in TARGETS {
        for address in [site.same_site(path), site.cross_site(path)] {
            page.goto(&address).await;
            let send = async { drop(page.js("document.forms[0].submit()", vec![]).await) };
            page.replaced_by(send).await;
            let shown = page.text().await;
            let is_refused =
                shown.contains("Request refused") || shown.contains("You are signed out");
            assert!(is_refused, "{address}: {shown}");
        }
    }
    assert_eq!(state(&stage).await, before);
    open(&page, &stage, "assessments").await;
    page.find("heading", "Partner keys").await;
    stage.stop().await;
}

/// Requests that scripts of another origin send to the console and to the operator endpoints.
pub(super) async fn requests(page: Page) {
    let stage = Stage::set_up(&Axum).await;
    let before = state(&stage).await;
    let site = ForeignSite::start([("/", "<title>Elsewhere</title>".to_owned())]).await;
    sign_in(&page, &stage).await;
    for address in [site.same_site("/"), site.cross_site("/")] {
        page.goto(&address).await;
        for (_, target, fields) in TARGETS {
            let target = stage.url(target);
            page.js(SEND, vec![target.into(), (*fields).into()]).await;
        }
        for path in [
            "/console/push",
            "/console/assessments",
            "/api/integrations/greenhouse/keys",
        ] {
            let read = page.js(READ, vec![stage.url(path).into()]).await;
            assert_eq!(read, "TypeError", "{address} reads {path}");
        }
    }
    assert_eq!(state(&stage).await, before);
    // The browser reports the refused requests in the console.
    page.take_console().await;
    stage.stop().await;
}

/// The pages in a frame of another origin.
pub(super) async fn frames(page: Page) {
    let stage = Stage::set_up(&Axum).await;
    sign_in(&page, &stage).await;
    for path in [
        "/console/assessments",
        "/console/sign-in",
        "/console/nothing",
    ] {
        let frame = format!(
            "<iframe width=\"900\" height=\"600\" src=\"{}\"></iframe>",
            stage.url(path)
        );
        let site = ForeignSite::start([("/", frame)]).await;
        for address in [site.same_site("/"), site.cross_site("/")] {
            page.goto(&address).await;
            let is_refused = async || {
                let messages = page.console().await;
                messages
                    .iter()
                    .any(|one| one.message.contains("frame-ancestors"))
            };
            page.wait_for("the refusal of the frame", is_refused).await;
            page.take_console().await;
        }
    }
    stage.stop().await;
}

/// What a request could change.
async fn state(stage: &Stage) -> serde_json::Value {
    let mut state = Vec::new();
    for path in [
        "settings/assessments",
        "settings/push",
        "settings/sync",
        "keys",
        "account",
        "sync-log",
    ] {
        state.push(stage.ask("GET", path, None).await.1);
    }
    json!(state)
}

/// Path on the other site, address of the form, and its fields.
const TARGETS: [(&str, &str, &str); 6] = [
    ("/keys", "/console/assessments/keys", ""),
    ("/account", "/console/assessments/account", "enabled=false"),
    ("/switch", "/console/push/switch", "version=1&enabled=false"),
    ("/remove", "/console/push/sync/remove", "version=1"),
    ("/retry", "/console/activity/retry-failed", ""),
    ("/sign-out", "/console/sign-out", ""),
];
const SEND: &str = "
    const [target, fields] = arguments;
    const body = new URLSearchParams(fields);
    const credentials = 'include';
    const all = [
        fetch(target, { method: 'POST', mode: 'no-cors', credentials, body }),
        fetch(target, { method: 'POST', credentials, body,
            headers: { 'x-greenhouse-fragment': '1' } }),
        fetch(target, { method: 'DELETE', credentials }),
    ];
    return Promise.allSettled(all).then(() => true);
";
const READ: &str = "
    return fetch(arguments[0], { credentials: 'include' })
        .then((response) => response.text(), (error) => error.name);
";
