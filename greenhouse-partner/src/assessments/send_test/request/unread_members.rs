//! Members of a body that are stored without being interpreted.

use serde_json::{Map, Value};

/// Removes and returns the members that are stored nowhere else in an invitation, each under its
/// own path. A member that exceeds the size limit or the nesting depth is left out.
pub(super) fn take(body: &mut Map<String, Value>) -> Map<String, Value> {
    let mut room = ROOM;
    let mut rest = unread(body, &READ, &mut room);
    if let Some(Value::Object(person)) = body.get_mut("candidate") {
        let person = unread(person, &READ_OF_CANDIDATE, &mut room);
        if !person.is_empty() {
            rest.insert("candidate".to_owned(), Value::Object(person));
        }
    }
    rest
}

fn unread(part: &mut Map<String, Value>, read: &[&str], room: &mut usize) -> Map<String, Value> {
    let mut rest = Map::new();
    for (name, value) in part {
        if value.is_null() || read.contains(&name.as_str()) || !is_flat(value, DEPTH) {
            continue;
        }
        let size = name.len().saturating_add(value.to_string().len());
        if let Some(left) = room.checked_sub(size) {
            *room = left;
            rest.insert(name.clone(), value.take());
        }
    }
    rest
}

/// Returns `true` if a value is nested no deeper than `depth`.
fn is_flat(value: &Value, depth: usize) -> bool {
    let mut parts: Box<dyn Iterator<Item = &Value>> = match value {
        Value::Array(parts) => Box::new(parts.iter()),
        Value::Object(parts) => Box::new(parts.values()),
        _ => return true,
    };
    depth
        .checked_sub(1)
        .is_some_and(|depth| parts.all(|part| is_flat(part, depth)))
}

const READ: [&str; 3] = ["partner_test_id", "candidate", "url"];
const READ_OF_CANDIDATE: [&str; 4] = ["first_name", "last_name", "email", "url"];

/// Size limit in bytes of JSON, twenty times the size of the documented members.
const ROOM: usize = 16 * 1024;

/// Maximum nesting depth. A store could not read back a record that is nested as deeply as a body
/// may be.
const DEPTH: usize = 16;

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn kept_of(mut body: Value) -> Value {
        Value::Object(take(body.as_object_mut().unwrap()))
    }

    #[test]
    fn keeps_members_that_are_not_read() {
        let body = json!({
            "partner_test_id": "sc-1", "url": "https://app.greenhouse.io/1", "sent_by": "lee@example.org",
            "candidate": {
                "first_name": "Ada", "last_name": "Byron", "email": "ada@example.org", "url": null,
                "greenhouse_profile_url": "https://app.greenhouse.io/people/1", "preferred_name": null,
                "phone_number": "1", "news": [{ "a": 1 }],
            },
            "job": { "id": 7 }, "nothing": null,
        });
        let kept = json!({
            "sent_by": "lee@example.org", "job": { "id": 7 },
            "candidate": {
                "greenhouse_profile_url": "https://app.greenhouse.io/people/1",
                "phone_number": "1", "news": [{ "a": 1 }],
            },
        });
        assert_eq!(kept_of(body), kept);
        for nothing in [
            json!({}),
            json!({ "candidate": "Ada" }),
            json!({ "candidate": { "email": 7 } }),
        ] {
            assert_eq!(kept_of(nothing), json!({}));
        }
    }

    #[test]
    fn keeps_members_up_to_the_size_limit() {
        let (large, small) = ("x".repeat(ROOM), "x".repeat(ROOM / 2));
        let body =
            json!({ "a": large, "b": small, "c": small, "candidate": { "d": small, "e": 1 } });
        let kept = kept_of(body);
        assert_eq!(kept, json!({ "b": small, "candidate": { "e": 1 } }));
        assert!(kept.to_string().len() < ROOM + 100);
    }

    #[test]
    fn skips_members_that_are_nested_too_deep() {
        let nested = |depth| (0..depth).fold(json!(1), |inner, _| json!([inner]));
        let body =
            json!({ "a": nested(DEPTH), "b": nested(DEPTH + 1), "c": { "d": nested(DEPTH) } });
        assert_eq!(kept_of(body), json!({ "a": nested(DEPTH) }));
    }
}
