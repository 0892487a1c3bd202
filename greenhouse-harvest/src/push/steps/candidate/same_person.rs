//! Comparison of a candidate's row with the assessed person.

use greenhouse_core::person::{EmailAddress, names_differ};

use crate::{api::Candidate, push::plan::PushPlan};

/// Returns `true` if the address is among the candidate's addresses.
pub(super) fn has_address(row: &Candidate, address: &EmailAddress) -> bool {
    let mut addresses = row.email_addresses.iter().flatten();
    addresses.any(|own| {
        let own = own.value.as_deref().map(EmailAddress::parse);
        own.and_then(Result::ok)
            .is_some_and(|own| own.identity() == address.identity())
    })
}

/// Returns `true` if the candidate's name is completely different from the assessed person's name.
///
/// Returns `false` for an anonymized candidate, whose first name is "Anonymized" and whose last
/// name is the id (documented).
pub(super) fn has_other_name(row: &Candidate, plan: &PushPlan) -> bool {
    let id = row.id.value().to_string();
    if row.last_name.as_deref() == Some(&id) {
        return false;
    }
    let names = [&row.first_name, &row.last_name, &row.preferred_name];
    let names: Vec<&str> = names.into_iter().flatten().map(String::as_str).collect();
    names_differ(&[&plan.first_name, &plan.last_name], &names)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, from_value, json};

    use super::*;

    #[test]
    fn a_candidate_has_an_address_in_every_spelling() {
        let address = EmailAddress::parse("zed@example.org").unwrap();
        for (addresses, expected) in [
            (json!([{"value": "zed@example.org", "type": "work"}]), true),
            (json!([{"value": " ZED@Example.org "}]), true),
            (json!([{"value": "ｚｅｄ@example.org\u{200b}"}]), true),
            (
                json!([{"value": "a@example.org"}, {"value": "zed@example.org"}]),
                true,
            ),
            (json!([{"value": "xzed@example.org"}]), false),
            (json!([{"value": "zed@example.org.uk"}]), false),
            (json!([{"value": "zed+1@example.org"}]), false),
            (json!([{"value": "no address"}, {"value": null}, {}]), false),
            (json!([]), false),
            (Value::Null, false),
        ] {
            let row = from_value(json!({"id": 1, "email_addresses": addresses})).unwrap();
            assert_eq!(has_address(&row, &address), expected, "{addresses}");
        }
    }
}
