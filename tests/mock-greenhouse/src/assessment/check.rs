//! Checks that the partner's responses are as documented. Undocumented members are ignored, because
//! Greenhouse may add members at any time.

use serde_json::{Map, Value};
use url::Url;

use crate::assessment::{PartnerTest, TestStatus};

type CheckResult<T> = Result<T, Vec<String>>;

/// Parses `[{"partner_test_id": str, "partner_test_name": str}]`.
pub(super) fn tests(body: &[u8]) -> CheckResult<Vec<PartnerTest>> {
    let Some(Value::Array(items)) = json(body)? else {
        return Err(vec!["the body is not a JSON array".to_owned()]);
    };
    let mut errors = Vec::new();
    let mut tests = Vec::new();
    for (index, item) in items.iter().enumerate() {
        let Some(members) = item.as_object() else {
            errors.push(format!("item {index} is not an object"));
            continue;
        };
        let before = errors.len();
        let id = text(members, "partner_test_id", &mut errors);
        let name = text(members, "partner_test_name", &mut errors);
        if errors.len() == before {
            tests.push(PartnerTest {
                partner_test_id: id,
                partner_test_name: name,
            });
        }
    }
    if errors.is_empty() {
        Ok(tests)
    } else {
        Err(errors)
    }
}

/// Parses `{"partner_interview_id": str}`.
pub(super) fn partner_interview_id(body: &[u8]) -> CheckResult<String> {
    let members = object(body)?;
    let mut errors = Vec::new();
    let id = text(&members, "partner_interview_id", &mut errors);
    if errors.is_empty() {
        Ok(id)
    } else {
        Err(errors)
    }
}

/// Parses a status response. `partner_status` is required. If it is `complete`,
/// `partner_profile_url` is also required, but `partner_score` is still optional. `metadata` must
/// be flat.
pub(super) fn status(body: &[u8]) -> CheckResult<TestStatus> {
    let members = object(body)?;
    let mut errors = Vec::new();
    let partner_status = text(&members, "partner_status", &mut errors);
    let complete = partner_status == "complete";
    let partner_profile_url = profile_url(&members, complete, &mut errors);
    let partner_score = score(&members, &mut errors);
    let metadata = metadata(&members, &mut errors);
    if errors.is_empty() {
        Ok(TestStatus {
            partner_status,
            partner_profile_url,
            partner_score,
            metadata,
        })
    } else {
        Err(errors)
    }
}

fn json(body: &[u8]) -> CheckResult<Option<Value>> {
    serde_json::from_slice(body)
        .map(Some)
        .map_err(|_| vec!["the body is not JSON".to_owned()])
}

fn object(body: &[u8]) -> CheckResult<Map<String, Value>> {
    match json(body)? {
        Some(Value::Object(members)) => Ok(members),
        _ => Err(vec!["the body is not a JSON object".to_owned()]),
    }
}

fn text(members: &Map<String, Value>, name: &str, errors: &mut Vec<String>) -> String {
    match members.get(name) {
        None | Some(Value::Null) => errors.push(format!("{name} is missing")),
        Some(Value::String(text)) if text.is_empty() => errors.push(format!("{name} is empty")),
        Some(Value::String(text)) => return text.clone(),
        Some(_) => errors.push(format!("{name} is not a string")),
    }
    String::new()
}

fn profile_url(
    members: &Map<String, Value>,
    complete: bool,
    errors: &mut Vec<String>,
) -> Option<String> {
    match members.get("partner_profile_url") {
        None | Some(Value::Null) if complete => errors
            .push("partner_status is 'complete' but partner_profile_url is missing".to_owned()),
        None | Some(Value::Null) => {}
        Some(Value::String(url))
            if Url::parse(url).is_ok_and(|url| matches!(url.scheme(), "http" | "https")) =>
        {
            return Some(url.clone());
        }
        Some(_) => {
            errors.push("partner_profile_url is not an absolute http or https URL".to_owned())
        }
    }
    None
}

fn score(members: &Map<String, Value>, errors: &mut Vec<String>) -> Option<f64> {
    match members.get("partner_score") {
        None | Some(Value::Null) => {}
        Some(Value::Number(number)) => return number.as_f64(),
        Some(_) => errors.push("partner_score is not a number".to_owned()),
    }
    None
}

fn metadata(members: &Map<String, Value>, errors: &mut Vec<String>) -> Option<Map<String, Value>> {
    match members.get("metadata") {
        None | Some(Value::Null) => None,
        Some(Value::Object(metadata)) => {
            for (name, _) in metadata
                .iter()
                .filter(|(_, value)| value.is_object() || value.is_array())
            {
                errors.push(format!("metadata.{name} is not a primitive value"));
            }
            Some(metadata.clone())
        }
        Some(_) => {
            errors.push("metadata is not an object".to_owned());
            None
        }
    }
}

#[cfg(test)]
mod tests_of_check {
    use super::*;

    #[test]
    fn each_violation_of_the_documentation_is_an_error() {
        let cases: &[(&str, &[&str])] = &[
            (r#"{"partner_status":"in_progress"}"#, &[]),
            (
                r#"{"partner_status":"in_progress","partner_profile_url":null,"partner_score":null,"metadata":null}"#,
                &[],
            ),
            (
                r#"{"partner_status":"complete","partner_profile_url":"https://a.example/r","partner_score":81.5,"metadata":{"a":1}}"#,
                &[],
            ),
            ("", &["the body is not JSON"]),
            ("[]", &["the body is not a JSON object"]),
            ("{}", &["partner_status is missing"]),
            (
                r#"{"partner_status":7}"#,
                &["partner_status is not a string"],
            ),
            (
                r#"{"partner_status":"complete"}"#,
                &["partner_status is 'complete' but partner_profile_url is missing"],
            ),
            (
                r#"{"partner_status":"complete","partner_profile_url":"/r","partner_score":"81"}"#,
                &[
                    "partner_profile_url is not an absolute http or https URL",
                    "partner_score is not a number",
                ],
            ),
            (
                r#"{"partner_status":"x","metadata":{"a":{}}}"#,
                &["metadata.a is not a primitive value"],
            ),
            (
                r#"{"partner_status":"x","metadata":[]}"#,
                &["metadata is not an object"],
            ),
        ];
        for (body, wanted) in cases {
            assert_eq!(
                status(body.as_bytes()).err().unwrap_or_default(),
                *wanted,
                "{body}"
            );
        }
    }

    #[test]
    fn ids_are_strings_and_not_numbers() {
        assert_eq!(
            partner_interview_id(br#"{"partner_interview_id":98765}"#),
            Err(vec!["partner_interview_id is not a string".to_owned()])
        );
        assert_eq!(
            partner_interview_id(br#"{"partner_interview_id":"98765"}"#),
            Ok("98765".to_owned())
        );
        assert_eq!(
            tests(br#"[{"partner_test_id":1,"partner_test_name":"A"}]"#),
            Err(vec!["partner_test_id is not a string".to_owned()])
        );
        assert_eq!(tests(b"[]"), Ok(Vec::new()));
    }
}
