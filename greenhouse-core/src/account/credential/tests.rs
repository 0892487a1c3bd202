use serde_json::{Value, json};

use super::*;

const V1_KEY: &str = "0d031d8227eafa61dc375a6c2e067e24";

#[test]
fn one_value_is_taken_for_a_v1_key() {
    for (secret, expected) in [
        (None, CredentialError::LooksLikeV1Key),
        (Some(""), CredentialError::LooksLikeV1Key),
        (Some(" "), CredentialError::LooksLikeV1Key),
        (Some(V1_KEY), CredentialError::SecretIsClientId),
    ] {
        let error = HarvestCredential::new(V1_KEY, secret.map(Secret::new)).unwrap_err();
        assert_eq!(error, expected);
        assert!(error.to_string().contains("31 August 2026"));
    }
    assert_eq!(
        HarvestCredential::new(" ", Some("s3cret-s3cret".into())).unwrap_err(),
        CredentialError::NoClientId
    );
}

#[test]
fn every_form_of_a_v1_key_in_settings_is_told_why_and_what_to_do() {
    let (missing, same) = ("the client secret is missing;", "equals the client id;");
    let api_key = "api_key is not a setting";
    for (settings, reason) in [
        (json!(V1_KEY), missing),
        (json!({ "client_id": V1_KEY }), missing),
        (
            json!({ "client_id": V1_KEY, "client_secret": null }),
            missing,
        ),
        (json!({ "client_id": V1_KEY, "client_secret": "" }), missing),
        (
            json!({ "client_id": V1_KEY, "client_secret": V1_KEY }),
            same,
        ),
        (json!({ "api_key": V1_KEY }), api_key),
        (
            json!({ "client_id": "id", "client_secret": "s3cret-s3cret", "api_key": V1_KEY }),
            api_key,
        ),
    ] {
        let text = refusal(settings.clone());
        assert!(text.contains(reason), "{settings}: {text}");
        assert!(
            text.contains("31 August 2026") && text.contains("API Credential Management"),
            "{settings}: {text}"
        );
        assert!(!text.contains(V1_KEY), "{text}");
    }
}

#[test]
fn the_grant_is_read_and_written() {
    let own = json!({ "client_id": "id", "client_secret": "s3cret-s3cret" });
    let plain = HarvestCredential::new("id", Some("s3cret-s3cret".into())).unwrap();
    let written = serde_json::to_value(&plain).unwrap();
    assert_eq!(written, json!({ "client_id": "id", "client_secret": null }));
    let same = json!({ "client_id": "id", "client_secret": "s3cret-s3cret", "grant": "client_credentials" });
    for form in [own, same] {
        let read: HarvestCredential = serde_json::from_value(form).unwrap();
        assert_eq!(read, plain);
    }
    let form = json!({
        "client_id": "id", "client_secret": "s3cret-s3cret",
        "grant": "authorization_code", "redirect_uri": "https://partner.example",
    });
    let read: HarvestCredential = serde_json::from_value(form.clone()).unwrap();
    assert_eq!(
        *read.grant(),
        HarvestGrant::AuthorizationCode {
            redirect_uri: "https://partner.example".to_owned()
        }
    );
    let mut written = serde_json::to_value(&read).unwrap();
    written["client_secret"] = json!("s3cret-s3cret");
    assert_eq!(written, form);
}

#[test]
fn a_grant_that_does_not_fit_is_refused() {
    for (grant, uri, why) in [
        (
            json!("authorization_code"),
            json!(null),
            "requires the redirect_uri",
        ),
        (
            json!("authorization_code"),
            json!(""),
            "requires the redirect_uri",
        ),
        (
            json!("authorization_code"),
            json!("http://partner.example/"),
            "must be https",
        ),
        (
            json!("authorization_code"),
            json!("https://a.example/#b"),
            "must be https",
        ),
        (
            json!("authorization_code"),
            json!("https://me@a.example/"),
            "must be https",
        ),
        (
            json!("authorization_code"),
            json!("callback"),
            "must be https",
        ),
        (
            json!("client_credentials"),
            json!("https://a.example/"),
            "only with the grant authorization_code",
        ),
        (
            json!(null),
            json!("https://a.example/"),
            "only with the grant authorization_code",
        ),
        (
            json!("password"),
            json!(null),
            "grant: expected `client_credentials` or `authorization_code`",
        ),
    ] {
        let form = json!({
            "client_id": "id", "client_secret": "s3cret-s3cret", "grant": grant, "redirect_uri": uri,
        });
        let text = refusal(form.clone());
        assert!(text.contains(why), "{form}: {text}");
    }
    let local = HarvestCredential::partner(
        "id",
        Some("s3cret-s3cret".into()),
        "http://127.0.0.1:8080/back",
    );
    assert!(local.is_ok());
}

#[test]
fn pasted_values_are_checked() {
    for (id, secret, expected) in [
        ("id", "12345678", None),
        ("id", "1234567", Some("client_secret: expected at least 8")),
        (
            "id",
            "12345678\n",
            Some("client_secret: the value contains a line break"),
        ),
        (
            "id",
            "12345678\u{200b}",
            Some("client_secret: the value contains an invisible character"),
        ),
        ("id", " 12345678", Some("client_secret: the value begins")),
        (
            "id\u{feff}",
            "12345678",
            Some("client_id: the value contains an invisible character"),
        ),
        ("id ", "12345678", Some("client_id: the value begins")),
        (
            "id\r",
            "12345678",
            Some("client_id: the value contains a line break"),
        ),
    ] {
        let form = json!({ "client_id": id, "client_secret": secret });
        let read = serde_json::from_value::<HarvestCredential>(form);
        let shown = read.as_ref().err().map(ToString::to_string);
        let is_expected = match (&shown, expected) {
            (Some(shown), Some(expected)) => shown.starts_with(expected),
            (shown, expected) => shown.is_none() && expected.is_none(),
        };
        assert!(is_expected, "{id:?} {secret:?}: {shown:?}");
        let made = HarvestCredential::new(id, Some(secret.into()));
        assert_eq!(
            made.is_ok(),
            expected.is_none() || secret == "1234567",
            "{id:?} {secret:?}"
        );
    }
}

#[test]
fn debug_shows_only_the_grant() {
    let made = HarvestCredential::new("canary-id", Some("canary-secret".into())).unwrap();
    let shown = format!("{made:?}");
    assert_eq!(shown, "HarvestCredential { grant: ClientCredentials, .. }");
}

fn refusal(settings: Value) -> String {
    serde_json::from_value::<HarvestCredential>(settings)
        .unwrap_err()
        .to_string()
}
