use greenhouse_core::{ApplicationId, CandidateId, settings::NoteVisibility};
use greenhouse_harvest::{
    AuthProblem, Error,
    api::{CandidateFilter, NewCandidate, NewNote},
};
use serde_json::json;
use wiremock::{
    Mock, ResponseTemplate,
    matchers::{method, path},
};

use crate::support::{EMAIL, SECRET, TOKEN, client, server, with_tokens};

#[tokio::test]
async fn a_403_names_the_scope_for_any_body() {
    for body in [r#"{"message":"Forbidden"}"#, "{}", ""] {
        let server = server().await;
        with_tokens(&server).await;
        Mock::given(method("GET"))
            .respond_with(ResponseTemplate::new(403).set_body_string(body))
            .mount(&server)
            .await;
        // Introspection, which could tell a missing scope from a missing permission, is
        // unavailable.
        Mock::given(path("/introspect"))
            .respond_with(ResponseTemplate::new(503))
            .expect(1)
            .mount(&server)
            .await;
        let filter = CandidateFilter::new().email(EMAIL);
        let error = client(&server).candidates(&filter).all().await.unwrap_err();
        let Error::Auth { problem, .. } = error else {
            panic!("{error:?}");
        };
        let scope = "harvest:candidates:list";
        assert_eq!(problem, AuthProblem::Forbidden { scope });
        assert!(problem.remedy().contains(scope) && problem.remedy().contains("Site Admin"));
    }
}

#[tokio::test]
async fn errors_show_no_secrets_and_no_personal_data() {
    let server = server().await;
    with_tokens(&server).await;
    let echo = json!({
        "message": format!("Canary Personal ({EMAIL}) of {TOKEN}"),
        "errors": [{"message": format!("{EMAIL} is taken by canary PERSONAL"), "field": "email_addresses"}],
    });
    Mock::given(method("GET"))
        .respond_with(ResponseTemplate::new(422).set_body_json(json!({"errors": [EMAIL]})))
        .mount(&server)
        .await;
    Mock::given(path("/v3/candidates"))
        .respond_with(ResponseTemplate::new(422).set_body_json(echo))
        .mount(&server)
        .await;
    Mock::given(path("/v3/notes"))
        .respond_with(ResponseTemplate::new(422).set_body_json(
            json!({"errors": "body: Canary Personal did well\nhttps://p.example/?token=s"}),
        ))
        .mount(&server)
        .await;
    let client = client(&server);
    let new = NewCandidate::new("Canary", "Personal", EMAIL);
    let mut shown = String::new();
    let errors = [
        client.create_candidate(&new).await.unwrap_err(),
        client
            .create_note(&NewNote::new(
                CandidateId::new(1),
                ApplicationId::new(2),
                NoteVisibility::Private,
                "Canary Personal did well\nhttps://p.example/?token=s",
            ))
            .await
            .unwrap_err(),
        client
            .candidates(&CandidateFilter::new().email(EMAIL))
            .all()
            .await
            .unwrap_err(),
    ];
    for error in &errors {
        assert!(matches!(error, Error::Api { status: 422, .. }));
        shown.push_str(&format!("{error} {error:?} {client:?}\n"));
    }
    let shown = shown.to_lowercase();
    for canary in ["canary", "personal", SECRET, TOKEN, "did well", "token=s"] {
        assert!(!shown.contains(canary), "{canary} in {shown}");
    }
    assert!(shown.contains("email_addresses: [withheld] is taken by"));
}

#[tokio::test]
async fn a_body_of_another_shape_is_reported_with_its_path() {
    let server = server().await;
    with_tokens(&server).await;
    Mock::given(path("/v3/candidates"))
        .respond_with(
            ResponseTemplate::new(200)
                .set_body_json(json!([{"id": 1}, {"message": "accepted", "first_name": "Canary"}])),
        )
        .mount(&server)
        .await;
    let rows = client(&server)
        .candidates(&CandidateFilter::new().email(EMAIL))
        .all()
        .await;
    let error = rows.unwrap_err();
    assert!(
        matches!(&error, Error::Decode { path, .. } if path == "[1]"),
        "{error:?}"
    );
    assert!(!format!("{error:?}").contains("Canary"));
}
