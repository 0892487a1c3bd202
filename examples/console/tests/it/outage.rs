use greenhouse_core::testing::{Failure, StoreFault};
use http::Method;
use serde_json::Value;

use crate::{assessments::ready, stage::Stage};

/// A key or secret that was saved is shown, even if the rest of the page cannot be read.
#[tokio::test]
async fn a_saved_secret_is_shown_during_an_outage() {
    for form in ["/assessments/keys", "/push/sync/set-up"] {
        let (mut refused, mut shown_alone) = (0, 0);
        for call in 1.. {
            let mut stage = ready().await;
            stage.stop_background().await;
            let version = stage.get("/push").await.version();
            let lasts = true;
            let how = Failure::Before;
            stage.store.plan(Some(StoreFault { call, how, lasts }));
            let shown = stage.post(form, &[("version", &version)]).await;
            let has_failed = stage.store.failed().is_some();
            stage.store.plan(None);
            let secret = shown.secret();
            assert_eq!(
                secret.is_some(),
                is_saved(&stage, form).await,
                "{form} {call}"
            );
            assert_eq!(
                shown.status,
                if secret.is_some() { 200 } else { 503 },
                "{form} {call}"
            );
            refused += usize::from(secret.is_none());
            shown_alone += usize::from(secret.is_some() && !shown.body.contains("gh-section"));
            if !has_failed {
                break;
            }
        }
        assert!(
            refused > 0 && shown_alone > 0,
            "{form}: {refused}, {shown_alone}"
        );
    }
}

/// An account that cannot be read counts as switched on, and the page shows the failure.
#[tokio::test]
async fn an_outage_is_shown_with_a_way_to_try_again() {
    let mut stage = ready().await;
    stage.stop_background().await;
    let (call, how, lasts) = (1, Failure::Before, true);
    for page in ["/assessments", "/push"] {
        stage.store.plan(Some(StoreFault { call, how, lasts }));
        let shown = stage.get(page).await;
        assert_eq!(shown.status, 503, "{page}");
        for text in [
            "Try again",
            "nothing that is stored is lost",
            "The database did not respond. Try again in a minute.",
            "href=\"/mounted/help#store_unavailable\">More about this",
        ] {
            assert!(shown.body.contains(text), "{page}: {text}");
        }
        assert!(
            !shown.body.contains("switched off for this account"),
            "{page}"
        );
    }
}

/// A form is sent to an address that cannot be opened, so "Try again" opens its page.
#[tokio::test]
async fn after_a_failed_change_the_page_with_the_form_is_opened() {
    let mut stage = ready().await;
    stage.assess("asm-1", 80.0);
    stage.stop_background().await;
    let version = stage.get("/push").await.version();
    let (call, how, lasts) = (1, Failure::Before, true);
    for (form, page) in [
        ("/push/switch", "push"),
        ("/assessments/keys", "assessments"),
        ("/activity/retry-failed", "activity"),
    ] {
        stage.store.plan(Some(StoreFault { call, how, lasts }));
        let shown = stage.post(form, &[("version", &version)]).await;
        stage.store.plan(None);
        assert_eq!(shown.status, 503, "{form}");
        let again = format!("href=\"/mounted/{page}\">Try again");
        assert!(shown.body.contains(&again), "{form}: {}", shown.body);
        assert!(
            shown.body.contains("not known if the change was saved"),
            "{form}"
        );
        assert_eq!(stage.get(&format!("/{page}")).await.status, 200);
    }
}

async fn is_saved(stage: &Stage, form: &str) -> bool {
    if form.ends_with("keys") {
        let keys = stage.api(Method::GET, "keys", Value::Null).await;
        keys["keys"].as_array().is_some_and(|keys| !keys.is_empty())
    } else {
        !stage.settings("sync").await.is_null()
    }
}
