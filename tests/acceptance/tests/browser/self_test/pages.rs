//! Tests on the site.

use std::{fs, path::Path, sync::Arc};

use fantoccini::key::Key;
use serde_json::json;

use super::files::SITE;
use crate::{
    page::{ConsoleMessage, Page},
    pool::BrowserPool,
    site::Site,
    wait,
};

pub(super) async fn axe_finds_violations(page: Page) {
    let site = Site::start(SITE).await;
    page.goto(site.url("/violations")).await;
    let found = page.axe().await;
    let image = found
        .iter()
        .find(|text| text.starts_with("image-alt (critical): "));
    assert!(
        image.is_some_and(|text| text.contains("<img src=")),
        "{found:?}"
    );
    assert!(
        found.iter().any(|text| text.starts_with("color-contrast")),
        "{found:?}"
    );
    assert_eq!(found.len(), 2, "{found:?}");

    page.goto(site.url("/")).await;
    for scheme in ["dark", "light"] {
        page.color_scheme(scheme).await;
        page.assert_accessible().await;
    }
}

pub(super) async fn elements_have_roles_and_names(page: Page) {
    let site = Site::start(SITE).await;
    page.goto(site.url("/")).await;
    let first = page.field("First name").await;
    first.type_text("Nor").await;
    first.type_text("a").await;
    assert_eq!(first.value().await, "Nora");
    first.fill("Noor").await;
    assert_eq!(first.value().await, "Noor");
    assert_eq!(first.description().await, "Enter a name.");
    assert_eq!(first.property("invalid").await, "true");
    assert_eq!(first.attr("name").await.as_deref(), Some("first"));
    assert_eq!(first.attr("title").await, None);

    page.find("radio", "Automatic").await.click().await;
    let automatic = page.field("Automatic").await;
    assert_eq!(automatic.property("checked").await, "true");
    let job = page.field("Job").await;
    job.choose("Engineer").await;
    assert_eq!(job.value().await, "Engineer");

    assert!(!page.has("button", "Hidden").await);
    assert_eq!(page.find_all("button", "Same name").await.len(), 2);
    let second = page.find("region", "Second part").await;
    let same = second.find("button", "Same name").await;
    assert_eq!(same.property("disabled").await, true);
    assert_eq!(same.js("return arguments[0].disabled").await, true);

    page.find("button", "Inside").await.click().await;
    page.wait_for_text("Clicked inside").await;
    assert!(page.text().await.contains("Text inside"));

    // A modal dialog hides the rest of the page from assistive technology.
    page.find("button", "Open dialog").await.click().await;
    let dialog = page.find("dialog", "Question").await;
    dialog.field("Answer").await.fill("Yes").await;
    assert_eq!(page.names("button").await, ["Close"]);
    let close = dialog.find("button", "Close").await;
    assert_eq!(close.text().await, "Close");
    close.click().await;
    page.wait_gone("dialog", "Question").await;

    page.find("button", "Send form").await.click().await;
    page.wait_for("the next page", async || page.title().await == "Violations")
        .await;
    assert!(
        page.url()
            .await
            .ends_with("/violations?first=Noor&trigger=on&job=Engineer")
    );
    page.back().await;
    page.find("heading", "Form").await;
}

pub(super) async fn keys_move_the_focus(page: Page) {
    let site = Site::start(SITE).await;
    page.goto(site.url("/")).await;
    assert_eq!(page.focus().await, "document");
    page.press(Key::Tab).await;
    assert_eq!(page.focus().await, r#"textbox "First name""#);
    page.type_text("Zoë 💡").await;
    assert_eq!(page.field("First name").await.value().await, "Zoë 💡");

    page.press(Key::Tab).await;
    assert_eq!(page.focus().await, r#"radio "Manual""#);
    page.press(Key::Down).await;
    assert_eq!(page.focus().await, r#"radio "Automatic""#);
    page.press_with(Key::Shift, Key::Tab).await;
    assert_eq!(page.focus().await, r#"textbox "First name""#);

    page.tab_to("button", "Open dialog").await;
    assert!(page.focus_is_visible().await);
    page.press(Key::Enter).await;
    page.find("dialog", "Question").await;
    assert_eq!(page.focus().await, r#"textbox "Answer""#);
    page.tab_to("button", "Close").await;
    assert!(!page.focus_is_visible().await);
    page.press(Key::Escape).await;
    page.wait_gone("dialog", "Question").await;
    assert_eq!(page.focus().await, r#"button "Open dialog""#);

    page.tab_to("button", "Inside").await;
    page.press(Key::Space).await;
    page.wait_for_text("Clicked inside").await;
}

pub(super) async fn screenshots_are_stored(page: Page) {
    let site = Site::start(SITE).await;
    page.window(700, 500).await;
    page.goto(site.url("/")).await;
    let size = |file: &Path| {
        let bytes = fs::read(file).unwrap();
        assert_eq!(&bytes[1..4], b"PNG");
        let number = |at: usize| u32::from_be_bytes(bytes[at..at + 4].try_into().unwrap());
        (number(16), number(20))
    };
    let file = page.screenshot_of_window("window").await;
    assert!(file.ends_with("browser/self_test/screenshots_are_stored/window.png"));
    assert_eq!(size(&file), (700, 500));
    let (width, height) = size(&page.screenshot("page").await);
    assert!(
        (680..=700).contains(&width) && height > 1600,
        "{width} x {height}"
    );
}

pub(super) async fn pages_work_without_scripts(page: Page) {
    let site = Site::start(SITE).await;
    page.javascript(false).await;
    page.goto(site.url("/")).await;
    assert!(page.text().await.contains("Scripts are off."));
    assert!(!page.has("button", "Inside").await);
    page.find("radio", "Automatic").await.click().await;
    page.field("First name").await.fill("Noor").await;
    page.tab_to("button", "Send form").await;
    page.press(Key::Enter).await;
    page.find("heading", "Violations").await;
    assert_eq!(page.axe().await.len(), 2);
    page.back().await;
    page.field("First name").await;
    assert!(
        !page.has("button", "Inside").await,
        "axe leaves the scripts off"
    );

    page.javascript(true).await;
    page.reload().await;
    page.find("button", "Inside").await;
    assert!(!page.text().await.contains("Scripts are off."));
}

pub(super) async fn console_errors_are_seen(page: Page) {
    let site = Site::start(SITE).await;
    page.goto(site.url("/")).await;
    assert_eq!(page.check_console().await, Ok(()));
    page.goto(site.url("/errors")).await;
    let all = page.console().await;
    for (source, text) in [
        ("console-api", "planted message"),
        ("javascript", "nothing is not defined"),
        ("security", "Content Security Policy"),
    ] {
        let error = |one: &&ConsoleMessage| one.source == source && one.message.contains(text);
        assert!(
            all.iter().find(error).is_some_and(|one| one.is_error()),
            "{source}: {all:?}"
        );
    }
    assert_eq!(page.title().await, "Errors");
    let failed = page.check_console().await.unwrap_err();
    assert!(failed.contains("planted message"), "{failed}");
    assert_eq!(page.take_console().await, all);

    // A page that reports a problem is not an error of the page.
    page.goto(site.url("/unknown")).await;
    page.wait_for("a failed request", async || {
        !page.console().await.is_empty()
    })
    .await;
    assert_eq!(page.check_console().await, Ok(()));
}

pub(super) async fn devices_are_emulated(page: Page) {
    let site = Site::start(SITE).await;
    page.goto(site.url("/")).await;
    let matches = async |media: &str| {
        let script = "return matchMedia(arguments[0]).matches";
        page.js(script, vec![json!(media)]).await == true
    };
    let width = async || page.js("return innerWidth", vec![]).await;
    assert!(matches("(prefers-reduced-motion: reduce)").await);
    for scheme in ["dark", "light"] {
        page.color_scheme(scheme).await;
        assert!(matches(&format!("(prefers-color-scheme: {scheme})")).await);
    }
    assert_eq!(width().await, 1280);
    assert!(!page.scrolls_horizontally().await);
    page.zoom(2.0).await;
    assert_eq!(width().await, 640);
    assert_eq!(page.js("return devicePixelRatio", vec![]).await, 2);
    page.window(360, 800).await;
    assert_eq!(width().await, 360);
    assert!(page.scrolls_horizontally().await);

    let fetches = async || {
        let script = "return fetch('/').then(() => true, () => false)";
        page.js(script, vec![]).await == true
    };
    assert!(fetches().await);
    page.offline(true).await;
    assert!(!fetches().await);
    page.offline(false).await;
    assert!(fetches().await);
}

pub(super) async fn tabs_are_switched(page: Page) {
    let site = Site::start(SITE).await;
    page.goto(site.url("/")).await;
    page.open_tab().await;
    page.goto(site.url("/violations")).await;
    page.find("heading", "Violations").await;
    page.switch_tab(0).await;
    page.find("heading", "Form").await;
    page.switch_tab(1).await;
    assert_eq!(page.title().await, "Violations");

    let cookie = async || page.js("return document.cookie", vec![]).await;
    page.js("document.cookie = 'session=1'", vec![]).await;
    assert_eq!(cookie().await, "session=1");
    page.clear_cookies().await;
    assert_eq!(cookie().await, "");
}

pub(super) async fn failed_tests_close_their_browser(page: Page, pool: Arc<BrowserPool>) {
    let mut process = 0;
    let started = &mut process;
    let failed = pool.run("self_test::failing", async move |page: Page| {
        *started = page.process();
        page.goto("data:text/html,<title>Failing</title>").await;
        panic!("planted: {}", page.title().await);
    });
    assert_eq!(failed.await, Err("planted: Failing".to_owned()));
    let is_running = |process: u64| Path::new(&format!("/proc/{process}/exe")).exists();
    assert!(is_running(page.process()), "the browser of this test");
    wait::until("the end of the browser", async || !is_running(process)).await;

    let failed = pool.run("self_test::failing", async |page: Page| {
        page.goto("data:text/html,<script>throw new Error('planted')</script>")
            .await;
    });
    let failed = failed.await.unwrap_err();
    assert!(failed.contains("Uncaught Error: planted"), "{failed}");
    let folder = pool.folder("self_test::failing");
    assert!(folder.join("failure.png").exists());
    let source = fs::read_to_string(folder.join("failure.html")).unwrap();
    assert!(source.contains("new Error('planted')"), "{source}");
}
