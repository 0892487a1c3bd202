use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::assessments::object;

fn read(body: &Value) -> Result<SendTestRequest, PartnerError> {
    read_bytes(body.to_string().as_bytes())
}

fn read_bytes(body: &[u8]) -> Result<SendTestRequest, PartnerError> {
    SendTestRequest::read(object(body)?, &CallbackPolicy::default())
}

fn full() -> Value {
    json!({
        "partner_test_id": "sc-1",
        "candidate": {
            "first_name": "Ada", "last_name": "Byron", "preferred_name": null,
            "resume_url": "https://files.example/cv", "phone_number": "1",
            "email": "ada@example.org",
            "greenhouse_profile_url": "https://app.greenhouse.io/people/17681532001?application_id=26234709002",
        },
        "sent_by": "recruiter@example.org",
        "url": "https://app.greenhouse.io/x/take_home_tests/777",
    })
}

/// Returns the documented body with one member replaced.
fn with(path: &str, value: Value) -> Value {
    let mut body = full();
    let (parent, name) = path.rsplit_once('/').unwrap();
    body.pointer_mut(parent)
        .unwrap()
        .as_object_mut()
        .unwrap()
        .insert(name.to_owned(), value);
    body
}

#[test]
fn reads_the_documented_body() {
    let request = read(&full()).unwrap();
    let callback = request.callback.clone().unwrap();
    assert_eq!(request.key(), RequestKey::of_callback(&callback));
    assert_eq!(request.scenario, ScenarioId::new("sc-1"));
    assert_eq!(
        (&*request.first_name, &*request.last_name, &*request.email),
        ("Ada", "Byron", "ada@example.org")
    );
    assert_eq!(request.candidate, Some(CandidateId::new(17_681_532_001)));
    assert_eq!(
        request.application,
        Some(ApplicationId::new(26_234_709_002))
    );
    assert_eq!(request.callback.unwrap().path(), "/x/take_home_tests/777");
}

#[test]
fn reads_older_forms() {
    let numeric = read(&with("/partner_test_id", json!(12345))).unwrap();
    assert_eq!(numeric.scenario, ScenarioId::new("12345"));

    let mut inside = with("/candidate/url", json!("https://app.greenhouse.io/x/888"));
    inside.as_object_mut().unwrap().remove("url");
    let callback = read(&inside).unwrap().callback.unwrap();
    assert_eq!(callback.path(), "/x/888");

    for (path, value) in [("/url", json!(null)), ("/url", json!("  "))] {
        let request = read(&with(path, value)).unwrap();
        assert_eq!(request.callback, None);
        assert!(
            request.key().as_str().starts_with("person:"),
            "{:?}",
            request.key()
        );
    }

    let mut beside = with("/candidate/greenhouse_profile_url", json!(null));
    beside["candidate"]["id"] = json!(5);
    beside["application"] = json!({ "id": "6" });
    let request = read(&beside).unwrap();
    assert_eq!(request.candidate, Some(CandidateId::new(5)));
    assert_eq!(request.application, Some(ApplicationId::new(6)));

    for odd in [
        json!("not a url"),
        json!("https://www.greenhouse.io/people"),
        json!([1]),
        json!({}),
    ] {
        let request = read(&with("/candidate/greenhouse_profile_url", odd)).unwrap();
        assert_eq!((request.candidate, request.application), (None, None));
    }
    let blank = json!("https://www.greenhouse.io/people/7?application_id=%208");
    let request = read(&with("/candidate/greenhouse_profile_url", blank)).unwrap();
    assert_eq!(request.application, Some(ApplicationId::new(8)));

    let mut nameless = with("/candidate/first_name", json!(null));
    nameless["candidate"]["preferred_name"] = json!("Countess");
    nameless["candidate"]["last_name"] = json!(["odd"]);
    nameless["new_member"] = json!({ "deep": [1, 2, 3] });
    let request = read(&nameless).unwrap();
    assert_eq!(
        (&*request.first_name, &*request.last_name),
        ("Countess", "")
    );
}

#[test]
fn request_key_is_the_callback_address_or_person_and_test() {
    let key = |path: &str, value| read(&with(path, value)).unwrap().key();
    let at = |url: &str| key("/url", json!(url));
    assert_eq!(
        at("https://app.greenhouse.io/x/777"),
        at("HTTPS://APP.greenhouse.io:443/y/../x/777#part")
    );
    for other in [
        "https://app2.greenhouse.io/x/777",
        "https://app.greenhouse.io/y/777",
        "https://app.greenhouse.io/x/778",
        "https://app.greenhouse.io/x/777?q=1",
    ] {
        assert_ne!(at("https://app.greenhouse.io/x/777"), at(other), "{other}");
    }
    let long = at(&format!("https://app.greenhouse.io/{}", "y".repeat(500)));
    assert!(long.as_str().len() < 100);

    let person = |email: &str, test: &str| {
        let mut body = with("/url", json!(null));
        body["candidate"]["email"] = json!(email);
        body["partner_test_id"] = json!(test);
        read(&body).unwrap().key()
    };
    assert_eq!(
        person("ada@example.org", "1"),
        person(" ADA@example.org", "1")
    );
    assert_ne!(
        person("ada@example.org", "1"),
        person("ada@example.org", "2")
    );
    assert!(!person("ada@example.org", "1").as_str().contains("ada"));
}

#[test]
fn rejects_invalid_bodies_by_code() {
    for (path, value, code) in [
        ("/partner_test_id", json!(null), "missing_test"),
        ("/partner_test_id", json!(""), "missing_test"),
        ("/partner_test_id", json!({}), "missing_test"),
        ("/candidate", json!(null), "missing_email"),
        ("/candidate", json!("ada@example.org"), "missing_email"),
        ("/candidate/email", json!(null), "missing_email"),
        ("/candidate/email", json!("  "), "missing_email"),
        ("/candidate/email", json!(true), "missing_email"),
        ("/candidate/email", json!("ada"), "bad_email"),
        ("/candidate/email", json!("@example.org"), "bad_email"),
        ("/candidate/email", json!("ada @example.org"), "bad_email"),
        (
            "/candidate/email",
            json!(format!("{}@x", "a".repeat(320))),
            "bad_email",
        ),
        (
            "/url",
            json!("https://evil.example/777"),
            "bad_callback_url",
        ),
        (
            "/url",
            json!("http://app.greenhouse.io/777"),
            "bad_callback_url",
        ),
        ("/url", json!("not a url"), "bad_callback_url"),
        ("/url", json!(777), "bad_callback_url"),
    ] {
        let error = read(&with(path, value.clone())).unwrap_err();
        assert_eq!(error.code(), code, "{path} {value}");
        assert!(!error.to_string().contains("ada"), "{error}");
    }
    for body in [
        "",
        "{",
        "[]",
        "null",
        "\"ada@example.org\"",
        "{\"a\":1e999}",
        "{}}",
        "\u{feff}{}",
    ] {
        let error = read_bytes(body.as_bytes()).unwrap_err();
        assert_eq!(error.code(), "malformed", "{body}");
        assert!(!error.to_string().contains("ada"), "{error}");
    }
    assert!(read_bytes(b"{\"a\":\"\xff\"}").is_err());
}

#[test]
fn debug_output_contains_no_personal_data() {
    let debug = format!("{:?}", read(&full()).unwrap());
    assert_eq!(
        debug,
        "SendTestRequest { scenario: ScenarioId(\"sc-1\"), .. }"
    );
}

proptest! {
    #[test]
    fn arbitrary_bytes_never_panic(body in proptest::collection::vec(any::<u8>(), 0..300)) {
        let _ = read_bytes(&body);
    }

    #[test]
    fn mutated_bodies_never_panic(at in any::<prop::sample::Index>(), byte in any::<u8>()) {
        let mut body = full().to_string().into_bytes();
        let at = at.index(body.len());
        body[at] = byte;
        let _ = read_bytes(&body);
    }
}
