//! Requests of a user whose session has ended.

use std::convert::Infallible;

use bytes::Bytes;
use console::{Console, Layout, MountPath};
use futures_util::stream;
use http::Request;

use crate::{form_fields, stage::Stage};

/// A form of the page `push/triggers` with these fields, and with these headers.
async fn send(stage: &Stage, path: &str, headers: &[(&str, &str)], fields: &str) -> (u16, String) {
    let layout = Layout::default().sign_in("/mounted/sign-in");
    let console = Console::new(&stage.integration).layout(layout);
    let mut request = Request::post(path).extension(MountPath::new("/mounted"));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let chunk = Ok::<_, Infallible>(Bytes::from(fields.to_owned()));
    let request = request.body(stream::iter([chunk])).unwrap();
    let response = console.handle_streamed(None, request).await;
    let body = String::from_utf8(response.body().to_vec()).unwrap();
    (response.status().as_u16(), body)
}

const OWN: (&str, &str) = ("sec-fetch-site", "same-origin");

#[tokio::test]
async fn a_form_is_sent_again_after_the_sign_in() {
    let stage = Stage::set_up().await;
    let mut fields = form_fields::of_section(&stage.get("/push").await.body, "triggers");
    form_fields::set(&mut fields, "trigger.kind", "on_score");
    form_fields::set(&mut fields, "trigger.minimum", "77");
    form_fields::set(&mut fields, "more", "<img onerror=x>\"");
    let encoded = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(&fields)
        .finish();
    let (status, page) = send(&stage, "/push/triggers?a=1&b=2", &[OWN], &encoded).await;
    assert_eq!(status, 401);
    assert!(page.contains("href=\"/mounted/sign-in\" target=\"_blank\""));
    assert!(page.contains("action=\"/mounted/push/triggers?a=1&amp;b=2\""));
    assert!(page.contains("Send again"), "{page}");
    assert!(!page.contains("<img"), "{page}");

    // The browser sends the hidden fields of the page.
    let framed = page.replace("<form", "<section class=\"gh-section\" id=\"kept\"><form");
    let framed = framed.replace("</form>", "</form></section>");
    let kept = form_fields::of_section(&framed, "kept");
    assert_eq!(kept, fields);
    let saved = stage
        .post("/push/triggers", &form_fields::pairs(&kept))
        .await;
    assert_eq!(saved.status, 303, "{}", saved.body);
    let trigger = &stage.settings("push").await["trigger"];
    assert_eq!(trigger["minimum"], 77.0, "{trigger}");
}

#[tokio::test]
async fn a_secret_is_not_sent_back() {
    let stage = Stage::set_up().await;
    for (section, page, field) in [
        ("completion", "/assessments", "completion.password"),
        ("credential", "/push", "credential.client_secret"),
        ("sync", "/push", "secrets"),
    ] {
        let body = stage.get(page).await.body;
        let mut fields = form_fields::of_section(&body, section);
        let secrets = fields.iter().filter(|(name, _)| name == "gh-secret");
        assert!(secrets.count() > 0, "{section}");
        form_fields::set(&mut fields, field, "a very secret value");
        let encoded = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(&fields)
            .finish();
        let (status, page) = send(&stage, &format!("{page}/x"), &[OWN], &encoded).await;
        assert_eq!(status, 401);
        assert!(page.contains("Secrets are not kept"), "{page}");
        assert!(!page.contains("very secret") && !page.contains("<form"));
    }
}

#[tokio::test]
async fn only_forms_of_the_own_site_are_sent_back() {
    let stage = Stage::set_up().await;
    let script = ("x-greenhouse-fragment", "1");
    for (headers, is_kept) in [
        (&[OWN][..], true),
        (&[("sec-fetch-site", "cross-site")], false),
        (&[("sec-fetch-site", "same-site")], false),
        (&[("origin", "https://evil.example")], false),
        (&[OWN, script], false),
    ] {
        let (status, page) = send(&stage, "/push/triggers", headers, "trigger.kind=manual").await;
        assert_eq!(status, 401, "{headers:?}");
        assert_eq!(page.contains("trigger.kind"), is_kept, "{headers:?}");
    }
    // An address that begins with two slashes would be one of another site.
    let (_, page) = send(&stage, "//evil.example/push", &[OWN], "a=b").await;
    assert!(page.contains("action=\"/mounted/evil.example/push\""));
    let large = format!("a={}", "b".repeat(70_000));
    let (status, page) = send(&stage, "/push/triggers", &[OWN], &large).await;
    assert_eq!(status, 401);
    assert!(!page.contains("<form"));
}

/// The script shows the notice beside the button of the form, which stays.
#[tokio::test]
async fn the_script_gets_a_notice_with_the_sign_in() {
    let stage = Stage::set_up().await;
    let headers = [OWN, ("x-greenhouse-fragment", "1")];
    let (status, page) = send(&stage, "/push/triggers", &headers, "a=b").await;
    assert_eq!(status, 401);
    let notice = crate::calls::part(&page, "gh-notice gh-problem\" role=\"alert\"", "</main>");
    assert!(
        notice.contains("what you entered is still here"),
        "{notice}"
    );
    let link = "href=\"/mounted/sign-in\" target=\"_blank\"";
    assert!(notice.contains(link), "{notice}");
}
