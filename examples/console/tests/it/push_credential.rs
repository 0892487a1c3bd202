//! Candidate Push: the switch, the credential and its scopes.

use mock_greenhouse::{Fault, FaultKind};
use serde_json::{Value, json};

use crate::stage::Stage;

#[tokio::test]
async fn an_empty_account_shows_the_first_step() {
    let stage = Stage::empty().await;
    let page = stage.get("/push").await;
    page.is(200).has("Candidate Push is off");
    page.has("href=\"#credential\">Enter the Harvest credential.");
    page.has("<code>harvest:candidates:create</code>");
    page.has("data-copy=\"harvest:candidates:list\n");
    page.has("Set up first: Harvest credential");
    page.lacks("Switch on").lacks("push/credential/scopes");
    page.lacks("Remove these settings");
}

/// The service user of the credential sees no lists, as in most Greenhouse accounts.
#[tokio::test]
async fn an_empty_account_is_set_up_step_by_step() {
    let stage = Stage::empty().await;
    let service_user = stage.greenhouse.service_user();
    stage
        .greenhouse
        .set_site_admin(service_user, false)
        .unwrap();

    let saved = stage.enter_credential(&[]).await;
    let location = saved.is(303).location.as_deref();
    assert_eq!(location, Some("/mounted/push?saved=credential#credential"));
    assert_eq!(stage.push_settings().await["enabled"], false);

    let page = stage.get("/push").await;
    page.has("A secret is set").has("data-code=\"cannot_see\"");
    page.has("href=\"#user\">Choose the acting user");
    page.has("name=\"acting_user\"").lacks("Switch on");
    let admin = stage.greenhouse.site_admin().to_string();
    let saved = stage.submit("/push/user", &[("acting_user", &admin)]).await;
    saved.is(303);

    let page = stage.get("/push").await;
    page.lacks("Choose the acting user").lacks("cannot_see");
    page.has("href=\"#jobs\">Map at least one job.")
        .has("Not mapped");
    let job = stage.job.job_id.to_string();
    let mapping = [("jobs.sales.job", job.as_str())];
    stage.submit("/push/jobs/sales", &mapping).await.is(303);

    stage
        .get("/push")
        .await
        .has("Everything is set up")
        .has("Switch on");
    stage
        .submit("/push/switch", &[("enabled", "true")])
        .await
        .is(303);
    assert_eq!(stage.push_settings().await["enabled"], true);
    stage
        .get("/push")
        .await
        .has("Candidate Push is on")
        .has("Switch off");
}

#[tokio::test]
async fn missing_scopes_are_marked_and_can_be_saved_switched_off() {
    let stage = Stage::empty().await;
    for scope in ["harvest:notes:create", "harvest:attachments:create"] {
        stage.greenhouse.withhold_scope(scope, true);
    }
    let refused = stage.enter_credential(&[]).await;
    refused.is(422).has("The credential lacks 2 scopes.");
    refused.has("data-scope=\"harvest:notes:create\" data-granted=\"false\"");
    refused.has("data-scope=\"harvest:candidates:create\" data-granted=\"true\"");
    let missing = refused.between("<h4>Missing scopes", "</button>");
    let copied = "data-copy=\"harvest:attachments:create\nharvest:notes:create\"";
    assert!(missing.contains(copied), "{missing}");
    refused.lacks(&stage.greenhouse.credential().client_secret);
    refused.has("name=\"save_off\"");
    assert_eq!(stage.push_settings().await, Value::Null);

    stage
        .enter_credential(&[("save_off", "true")])
        .await
        .is(303);
    assert_eq!(stage.push_settings().await["enabled"], false);
    let checked = stage.get("/push/credential/scopes").await;
    checked.is(200).lacks("<html");
    checked.has("data-scope=\"harvest:notes:create\" data-granted=\"false\"");
    let page = stage.get("/push?check=1").await;
    page.has("data-scope=\"harvest:notes:create\" data-granted=\"false\"");

    for scope in ["harvest:notes:create", "harvest:attachments:create"] {
        stage.greenhouse.withhold_scope(scope, false);
    }
    let checked = stage.get("/push/credential/scopes").await;
    checked
        .lacks("data-granted=\"false\"")
        .has("data-granted=\"true\"");
}

#[tokio::test]
async fn a_refused_credential_keeps_what_was_typed_except_the_secret() {
    let stage = Stage::empty().await;
    let form = [
        ("credential.grant", "client_credentials"),
        ("credential.client_id", "\"><img src=x onerror=a>"),
        ("credential.client_secret", "canary-canary-canary"),
    ];
    let refused = stage.submit("/push/credential", &form).await;
    refused.is(422).lacks("canary").lacks("<img");
    refused.has("value=\"&quot;&gt;&lt;img src=x onerror=a&gt;\"");

    let form = [
        ("credential.client_id", "some-client"),
        ("credential.client_secret", "canary-canary-canary"),
    ];
    let refused = stage.submit("/push/credential", &form).await;
    refused
        .is(422)
        .has("data-code=\"credential_refused\"")
        .lacks("canary");
    refused.lacks("data-granted=\"true\"");
    assert_eq!(stage.push_settings().await, Value::Null);
}

#[tokio::test]
async fn an_empty_secret_keeps_the_stored_one() {
    let stage = Stage::set_up().await;
    let own = stage.greenhouse.credential().client_id.clone();
    let page = stage.get("/push").await;
    page.has(&format!("value=\"{own}\""))
        .lacks(&stage.greenhouse.credential().client_secret);
    let form = [("credential.client_id", own.as_str())];
    stage.submit("/push/credential", &form).await.is(303);
    let settings = stage.push_settings().await;
    assert_eq!(settings["enabled"], true);
    assert_eq!(settings["credential"]["client_secret_set"], true);
    stage.get("/push").await.has("Account Executive");

    let form = [("credential.client_id", "another-client")];
    let refused = stage.submit("/push/credential", &form).await;
    refused
        .is(422)
        .has("the client secret is missing")
        .has("value=\"another-client\"");
    assert_eq!(
        stage.push_settings().await["credential"]["client_id"],
        json!(own)
    );
}

#[tokio::test]
async fn a_stale_form_keeps_what_was_typed() {
    let stage = Stage::set_up().await;
    let form = [("credential.client_id", "typed-client"), ("version", "0")];
    let stale = stage.post("/push/credential", &form).await;
    stale
        .is(409)
        .has("value=\"typed-client\"")
        .has("Load the current settings");
    let stale = stage.post("/push/switch", &[("version", "0")]).await;
    stale.is(409).has("Load the current settings");
    assert_eq!(stage.push_settings().await["enabled"], true);
}

#[tokio::test]
async fn an_outage_is_shown_and_does_not_lose_the_form() {
    let stage = Stage::empty().await;
    let fault = Fault::new(
        "*",
        "*",
        FaultKind::Status {
            status: 503,
            applied: false,
        },
    );
    stage.greenhouse.add_fault(fault.every());
    let refused = stage.enter_credential(&[]).await;
    refused.is(422).has("data-code=\"greenhouse_");
    refused
        .has("value=\"mockclient-4000001002\"")
        .has("name=\"save_off\"");
    stage
        .enter_credential(&[("save_off", "true")])
        .await
        .is(303);
    let page = stage.get("/push?check=1").await;
    page.is(200)
        .has("Greenhouse could not be checked")
        .has("User ID");
}

#[tokio::test]
async fn a_partner_app_is_saved_before_the_customer_connects_it() {
    let stage = Stage::empty().await;
    let app = stage.greenhouse.partner_credential();
    let (id, secret) = (app.client_id.clone(), app.client_secret.clone());
    let uri = app.redirect_uri.clone();
    let form = |uri: &'static str| {
        [
            ("credential.grant", "authorization_code"),
            ("credential.client_id", "partner-app"),
            ("credential.client_secret", "partner-secret"),
            ("credential.redirect_uri", uri),
        ]
    };
    let refused = stage
        .submit("/push/credential", &form("http://a.example/"))
        .await;
    refused
        .is(422)
        .has("the redirect_uri must be https")
        .has("value=\"http://a.example/\"");
    refused.has("value=\"authorization_code\" checked");

    let form = [
        ("credential.grant", "authorization_code"),
        ("credential.client_id", &id),
        ("credential.client_secret", &secret),
        ("credential.redirect_uri", &uri),
    ];
    stage.submit("/push/credential", &form).await.is(303);
    let page = stage.get("/push").await;
    page.has("the user who connects the account acts")
        .lacks("name=\"acting_user\"");
    page.has("value=\"authorization_code\" checked");
    let checked = stage.get("/push/credential/scopes").await;
    checked.has("The Greenhouse account is not connected.");
}

#[tokio::test]
async fn the_switch_names_each_problem_with_its_section() {
    let stage = Stage::set_up().await;
    stage
        .submit("/push/switch", &[("enabled", "false")])
        .await
        .is(303);
    assert_eq!(stage.push_settings().await["enabled"], false);
    let job = stage.job.job_id;
    stage.greenhouse.set_job_status(job, "closed").unwrap();
    let refused = stage.submit("/push/switch", &[("enabled", "true")]).await;
    refused.is(422).has("Candidate Push stays off");
    let problem = refused.between("data-code=\"job_closed\"", "</li>");
    assert!(problem.contains("href=\"#jobs\""), "{problem}");
    assert_eq!(stage.push_settings().await["enabled"], false);
}

#[tokio::test]
async fn the_settings_can_be_removed() {
    let stage = Stage::set_up().await;
    stage.get("/push").await.has("Remove these settings");
    stage
        .post("/push/remove", &[("version", "0")])
        .await
        .is(409);
    assert_ne!(stage.push_settings().await, Value::Null);
    let removed = stage.submit("/push/remove", &[]).await;
    removed.is(303);
    assert_eq!(stage.push_settings().await, Value::Null);
    // A form of a page that was opened before.
    let stale = stage.submit("/push/switch", &[("enabled", "true")]).await;
    stale.is(409);
    assert_eq!(stage.push_settings().await, Value::Null);
    stage.get("/push/job-checks").await.is(200);
    stage.get("/push/credential/scopes").await.is(200);
}
