//! Checks that do not call Greenhouse.

use std::collections::BTreeMap;

use greenhouse_core::settings::{FieldMapping, FieldRef, SettingsProblem as Problem};

pub(super) fn fields(fields: &FieldMapping) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut mapped: BTreeMap<&FieldRef, String> = BTreeMap::new();
    for (member, field) in fields.all() {
        let member = format!("fields.{member}");
        if let Some(name) = member.strip_prefix("fields.traits.")
            && name.trim().is_empty()
        {
            problems.push(Problem::new(
                &*member,
                "trait_blank",
                "A field is mapped to a trait without a name.",
                "Name the trait as the product does, or take the mapping out.",
            ));
        }
        if field.key.trim().is_empty() {
            problems.push(Problem::new(
                &*member,
                "field_key_blank",
                "The key of the custom field is empty.",
                "Give the key (name_key) of a custom field, or take the mapping out.",
            ));
        } else if let Some(other) = mapped.get(field) {
            problems.push(Problem::new(
                &*member,
                "field_twice",
                format!(
                    "The custom field \"{}\" is mapped by {other}, too.",
                    field.key
                ),
                "Map each custom field once: it holds one value.",
            ));
        } else {
            mapped.insert(field, member);
        }
    }
    problems
}

/// Tags are compared without regard to letter case.
pub(super) fn tags(tags: &[String]) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut known: Vec<String> = Vec::new();
    for (place, tag) in tags.iter().enumerate() {
        let name = tag.trim().to_lowercase();
        let member = format!("tags[{place}]");
        if name.is_empty() {
            problems.push(Problem::new(
                member,
                "tag_blank",
                "A tag is empty.",
                "Take it out.",
            ));
        } else if known.contains(&name) {
            problems.push(Problem::new(
                member,
                "tag_twice",
                format!("The tag \"{}\" is there twice.", tag.trim()),
                "Take one of them out.",
            ));
        } else {
            known.push(name);
        }
    }
    problems
}
