use std::{fs, path::Path};

use axum_host::Axum;
use serde_json::json;

use crate::{
    operator::{open, sign_in},
    page::Page,
    stage::Stage,
};

pub(super) async fn of_new_key(page: Page) {
    let stage = Stage::empty(&Axum).await;
    sign_in(&page, &stage).await;
    page.submit("form[action$='set-up']", &[]).await;
    page.submit("form[action$='assessments/keys']", &[]).await;
    close_and_search(&page, &stage, "assessments#keys").await;
    stage.stop().await;
}

pub(super) async fn of_webhooks(page: Page) {
    let stage = Stage::empty(&Axum).await;
    sign_in(&page, &stage).await;
    open(&page, &stage, "push").await;
    page.submit("form[action$='sync/set-up']", &[]).await;
    close_and_search(&page, &stage, "push#sync").await;
    page.submit("form[action$='sync/generate']", &[]).await;
    close_and_search(&page, &stage, "push#sync").await;
    stage.stop().await;
}

/// Secrets that the user types: the client secret, the completion credential, a webhook secret.
pub(super) async fn entered(page: Page) {
    let stage = Stage::empty(&Axum).await;
    let own = stage.greenhouse().credential().clone();
    sign_in(&page, &stage).await;
    page.submit("form[action$='set-up']", &[]).await;
    let completion = [
        ("completion.user", Some("a user of the completion")),
        ("completion.password", Some("a password of the completion")),
    ];
    page.submit("form[action$='assessments/completion']", &completion)
        .await;
    open(&page, &stage, "push").await;
    let refused = [
        ("credential.client_id", Some("unknown client")),
        ("credential.client_secret", Some(own.client_secret.as_str())),
    ];
    let form = "form[action$='push/credential']";
    page.submit(form, &refused).await;
    page.wait_for_text("Nothing was saved.").await;
    assert_absent(&page, &own.client_secret).await;
    let credential = [
        ("credential.client_id", Some(own.client_id.as_str())),
        ("credential.client_secret", Some(own.client_secret.as_str())),
    ];
    page.submit(form, &credential).await;
    page.submit("form[action$='sync/set-up']", &[]).await;
    page.find("link", "Close").await.click().await;
    page.wait_gone("link", "Close").await;
    page.submit(
        "form[action$='sync/secret']",
        &[("secrets", Some("a webhook secret of the user"))],
    )
    .await;
    for secret in [
        own.client_secret.as_str(),
        "a password of the completion",
        "a webhook secret of the user",
        stage.token(),
    ] {
        for address in ["assessments", "push", "health", "activity"] {
            open(&page, &stage, address).await;
            assert_absent(&page, secret).await;
        }
        page.back().await;
        page.wait_until_loaded().await;
        assert_absent(&page, secret).await;
        assert_not_on_disk(&page, secret);
    }
    stage.stop().await;
}

/// Closes the dialog with a new secret. The secret must be gone from everything that the browser
/// keeps.
async fn close_and_search(page: &Page, stage: &Stage, address: &str) {
    let shown = page
        .js(
            "return document.querySelector('dialog code').textContent",
            vec![],
        )
        .await;
    let secret = shown.as_str().unwrap().to_owned();
    assert!(secret.len() > 20, "{secret}");
    page.find("link", "Close").await.click().await;
    page.wait_gone("link", "Close").await;
    // The address of the form is not kept, only that of its page.
    let (url, (path, _)) = (page.url().await, address.split_once('#').unwrap());
    assert!(url.split('#').next().unwrap().ends_with(path), "{url}");
    assert_absent(page, &secret).await;
    page.reload().await;
    page.wait_until_loaded().await;
    assert_absent(page, &secret).await;

    open(page, stage, "health").await;
    for _ in 0..3 {
        page.back().await;
        page.wait_until_loaded().await;
        assert_absent(page, &secret).await;
    }
    for _ in 0..3 {
        page.js("history.forward()", vec![]).await;
        page.wait_until_loaded().await;
        assert_absent(page, &secret).await;
    }
    open(page, stage, address).await;
    assert_not_on_disk(page, &secret);
}

/// Fails if the page, its storage, its history, its cookies or the console contains the secret.
async fn assert_absent(page: &Page, secret: &str) {
    let kept = page.js(KEPT, vec![]).await;
    for (place, content) in kept.as_object().unwrap() {
        assert!(!content.to_string().contains(secret), "{place}: {content}");
    }
    let history = page.cdp("Page.getNavigationHistory", json!({})).await;
    assert!(!history.to_string().contains(secret), "{history}");
    let messages = format!("{:?}", page.console().await);
    assert!(!messages.contains(secret), "{messages}");
}

/// Fails if a file of the browser's profile, such as its cache, contains the secret.
fn assert_not_on_disk(page: &Page, secret: &str) {
    let arguments = fs::read(format!("/proc/{}/cmdline", page.process())).unwrap();
    let arguments = String::from_utf8(arguments).unwrap();
    let mut arguments = arguments.split('\0');
    let profile = arguments.find_map(|one| one.strip_prefix("--user-data-dir="));
    let mut files = 0;
    search(Path::new(profile.unwrap()), secret.as_bytes(), &mut files);
    assert!(files > 20, "{files} files");
}

fn search(folder: &Path, secret: &[u8], files: &mut usize) {
    // The browser deletes files while the test reads them.
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        match entry.file_type() {
            Ok(kind) if kind.is_dir() => search(&path, secret, files),
            Ok(kind) if kind.is_file() => {
                let content = fs::read(&path).unwrap_or_default();
                let is_found = memchr::memmem::find(&content, secret).is_some();
                assert!(!is_found, "{}", path.display());
                *files += 1;
            }
            _ => (),
        }
    }
}

const KEPT: &str = "
    const texts = (storage) => JSON.stringify({ ...storage });
    const fields = [...document.querySelectorAll('input, textarea')].map((field) => field.value);
    return Promise.all([indexedDB.databases(), caches.keys()]).then(([databases, stored]) => ({
        page: document.documentElement.outerHTML,
        fields,
        localStorage: texts(localStorage),
        sessionStorage: texts(sessionStorage),
        indexedDB: databases,
        caches: stored,
        cookies: document.cookie,
        address: location.href,
        history: JSON.stringify(history.state),
        requests: performance.getEntries().map((entry) => entry.name),
        window: Object.keys(window).filter((name) => typeof window[name] === 'string')
            .map((name) => window[name]),
    }));
";
