//! The console, mounted below the service's own path.

use super::{SESSION, hosts, long_body};

#[tokio::test(flavor = "multi_thread")]
async fn the_mount_point_leads_to_the_assessments_with_and_without_a_slash() {
    for host in hosts().await {
        for path in [MOUNT.to_owned(), format!("{MOUNT}/")] {
            let reply = host.send("GET", &path, SESSION, b"\r\n").await;
            assert_eq!(reply.statuses(), [303], "{}: {path} {reply:?}", host.name);
            let expected = format!("{MOUNT}/assessments");
            assert_eq!(reply.header("location"), Some(&*expected), "{}", host.name);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn links_and_assets_are_below_the_mount_point() {
    for host in hosts().await {
        let path = format!("{MOUNT}/health?from=menu");
        let page = host.send("GET", &path, SESSION, b"\r\n").await;
        assert_eq!(page.statuses(), [200], "{}: {page:?}", host.name);
        let addresses = addresses_in(page.body());
        assert!(addresses.len() > 4, "{}: {addresses:?}", host.name);
        for address in &addresses {
            let is_below = address.starts_with(&format!("{MOUNT}/"));
            let is_same_page = address.is_empty() || address.starts_with('#');
            assert!(is_below || is_same_page, "{}: {address}", host.name);
        }
        // The style sheet and the script need no session: a sign-in page uses them too.
        for (end, content) in [(".css", "text/css"), (".js", "text/javascript")] {
            let asset = addresses.iter().find(|address| address.ends_with(end));
            let reply = host.send("GET", asset.unwrap(), "", b"\r\n").await;
            assert_eq!(reply.statuses(), [200], "{}: {reply:?}", host.name);
            let found = reply.header("content-type").unwrap();
            assert!(found.starts_with(content), "{}: {found}", host.name);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn without_an_account_a_page_says_so() {
    for host in hosts().await {
        for (path, header) in [("", ""), ("/push", ""), ("/push", &*host.operator_token())] {
            let path = format!("{MOUNT}{path}");
            let reply = host.send("GET", &path, header, b"\r\n").await;
            assert_eq!(reply.statuses(), [401], "{}: {reply:?}", host.name);
            let content = reply.header("content-type");
            assert_eq!(content, Some("text/html; charset=utf-8"), "{}", host.name);
            assert!(reply.body().contains("You are signed out"), "{reply:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_over_the_limit_is_answered_with_413() {
    for host in hosts().await {
        let path = format!("{MOUNT}/push");
        let body = long_body(512 * 1024 + 1);
        let reply = host.post(&path, SESSION, &body).await;
        host.expect_error(&reply, 413, "too_large");
    }
}

/// Returns the addresses of links, style sheets, scripts and forms.
fn addresses_in(page: &str) -> Vec<&str> {
    let attributes = ["href=\"", "src=\"", "action=\""];
    let found = attributes.into_iter().flat_map(|attribute| {
        let values = page.split(attribute).skip(1);
        values.filter_map(|rest| rest.split('"').next())
    });
    found.collect()
}

const MOUNT: &str = "/settings/greenhouse";
