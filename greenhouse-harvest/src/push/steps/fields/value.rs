//! The value that a custom field is to hold.

use greenhouse_core::scorecard::{Recommendation, Score, Scorecard};
use serde_json::{Number, Value};

use crate::{
    api::{CustomFieldInput, CustomFieldValue, CustomFieldValueType, CustomFields},
    field_use::{FieldUse, folded, is_option_of},
    push::definitions::Definition,
};

/// The value of one field, and how it reads once it is there.
#[derive(Clone, PartialEq)]
pub(super) struct Wanted {
    pub(super) key: String,
    pub(super) input: CustomFieldInput,
    shown: Shown,
}

#[derive(Clone, PartialEq)]
enum Shown {
    Text(String),
    Number(f64),
}

/// Why a field cannot hold it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unsuitable {
    /// Fields of this kind cannot.
    Kind,
    /// None of its options is the recommendation.
    NoOption(Recommendation),
}

impl Wanted {
    /// Returns `true` if the row has it.
    pub(super) fn is_in(&self, fields: &CustomFields) -> bool {
        let Some(field) = fields.get(&self.key) else {
            return false;
        };
        match &self.shown {
            Shown::Text(text) => field.text() == Some(text),
            Shown::Number(number) => is_number(field, *number),
        }
    }
}

/// The value that the field is to hold. `None` if the assessment has nothing for it; then the field is left as it is.
pub(super) fn wanted(
    usage: FieldUse,
    trait_name: &str,
    key: &str,
    definition: &Definition,
    card: &Scorecard,
    report_link: Option<&str>,
) -> Result<Option<Wanted>, Unsuitable> {
    if !usage.takes(&definition.kind) {
        return Err(Unsuitable::Kind);
    }
    let (input, shown) = match usage {
        FieldUse::Score if definition.kind == CustomFieldValueType::Number => number(card.score),
        FieldUse::Score => text(card.score.to_string()),
        FieldUse::Recommendation => rated(card.overall, None, definition)?,
        FieldUse::ReportLink => match report_link {
            Some(link) => text(link.to_owned()),
            None => return Ok(None),
        },
        FieldUse::Trait => {
            let name = folded(trait_name);
            let mut attributes = card.attributes.iter();
            let Some(own) = attributes.find(|own| folded(&own.name) == name) else {
                return Ok(None);
            };
            if definition.kind == CustomFieldValueType::Number {
                number(own.score)
            } else {
                rated(own.rating, Some(own.score), definition)?
            }
        }
    };
    Ok(Some(Wanted {
        key: key.to_owned(),
        input,
        shown,
    }))
}

fn number(score: Score) -> (CustomFieldInput, Shown) {
    let value = score.value();
    let whole = serde_json::to_value(score).ok();
    let number = match whole {
        Some(Value::Number(number)) => Some(number),
        _ => Number::from_f64(value),
    };
    match number {
        Some(number) => (CustomFieldInput::Number(number), Shown::Number(value)),
        None => text(score.to_string()),
    }
}

fn text(text: String) -> (CustomFieldInput, Shown) {
    (CustomFieldInput::Text(text.clone()), Shown::Text(text))
}

/// A recommendation as an option, which is written by its id and reads by its name (observed live), or as a text.
fn rated(
    recommendation: Recommendation,
    score: Option<Score>,
    definition: &Definition,
) -> Result<(CustomFieldInput, Shown), Unsuitable> {
    if definition.kind != CustomFieldValueType::SingleSelect {
        let label = recommendation.label();
        return Ok(text(match score {
            Some(score) => format!("{label} ({score})"),
            None => label.to_owned(),
        }));
    }
    let mut options = definition.options.iter();
    let option = options.find(|(_, name)| is_option_of(recommendation, name));
    let (id, name) = option.ok_or(Unsuitable::NoOption(recommendation))?;
    let input = CustomFieldInput::Number(Number::from(id.value()));
    Ok((input, Shown::Text(name.clone())))
}

fn is_number(field: &CustomFieldValue, wanted: f64) -> bool {
    field
        .number()
        .is_some_and(|number| (number - wanted).abs() < NOTHING)
}

/// Below what a score shows.
const NOTHING: f64 = 1e-6;

#[cfg(test)]
mod tests {
    use greenhouse_core::scorecard::{Thresholds, TraitScore};
    use serde_json::{from_value, json, to_value};

    use super::*;
    use crate::api::{Application, CustomFieldOptionId};

    #[test]
    fn values_suit_their_fields_and_are_recognised_again() {
        use CustomFieldValueType as Kind;
        let link = "https://product.example/r";
        for (usage, name, kind, input, reads) in [
            (
                FieldUse::Score,
                "",
                Kind::Number,
                json!(72.5),
                json!("72.5"),
            ),
            (
                FieldUse::Score,
                "",
                Kind::ShortText,
                json!("72.5"),
                json!("72.5"),
            ),
            (
                FieldUse::Recommendation,
                "",
                Kind::LongText,
                json!("Yes"),
                json!("Yes"),
            ),
            (
                FieldUse::Recommendation,
                "",
                Kind::SingleSelect,
                json!(2),
                json!("YES"),
            ),
            (
                FieldUse::ReportLink,
                "",
                Kind::Url,
                json!(link),
                json!(link),
            ),
            (
                FieldUse::Trait,
                "Grit",
                Kind::Number,
                json!(90),
                json!(90.0),
            ),
            (
                FieldUse::Trait,
                "Grit",
                Kind::ShortText,
                json!("Strong Yes (90)"),
                json!("Strong Yes (90)"),
            ),
            (
                FieldUse::Trait,
                "Grit",
                Kind::SingleSelect,
                json!(1),
                json!("strong yes"),
            ),
            (
                FieldUse::Trait,
                "Poise",
                Kind::SingleSelect,
                json!(3),
                json!("definitely_not"),
            ),
        ] {
            let definition = definition(kind.clone());
            let wanted = wanted(usage, name, "key", &definition, &card(), Some(link));
            let wanted = wanted.unwrap().unwrap();
            assert_eq!(
                to_value(&wanted.input).unwrap(),
                input,
                "{usage:?} {kind:?}"
            );
            let with = |value: &Value| {
                let field = json!({"key": {"name": "Key", "type": "t", "value": value}});
                let row: Application =
                    from_value(json!({"id": 1, "custom_fields": field})).unwrap();
                row.custom_fields.unwrap()
            };
            assert!(wanted.is_in(&with(&reads)), "{usage:?} {kind:?}");
            assert!(!wanted.is_in(&with(&json!("other"))));
            assert!(!wanted.is_in(&CustomFields::new()));
        }
    }

    #[test]
    fn what_does_not_suit_is_refused_and_what_is_not_there_is_left() {
        use CustomFieldValueType as Kind;
        let of = |usage, name, kind, link| {
            wanted(usage, name, "key", &definition(kind), &card(), link)
                .map(|wanted| wanted.is_some())
        };
        assert_eq!(
            of(FieldUse::Score, "", Kind::YesNo, None),
            Err(Unsuitable::Kind)
        );
        assert_eq!(
            of(FieldUse::ReportLink, "", Kind::Number, None),
            Err(Unsuitable::Kind)
        );
        assert_eq!(of(FieldUse::ReportLink, "", Kind::Url, None), Ok(false));
        assert_eq!(
            of(FieldUse::Trait, "Unknown", Kind::Number, None),
            Ok(false)
        );
        assert_eq!(
            of(FieldUse::Trait, "Middling", Kind::SingleSelect, None),
            Err(Unsuitable::NoOption(Recommendation::Mixed))
        );
    }

    fn definition(kind: CustomFieldValueType) -> Definition {
        let options = [(1, "strong yes"), (2, "YES"), (3, "definitely_not")];
        let options = options.map(|(id, name)| (CustomFieldOptionId::new(id), name.to_owned()));
        Definition {
            kind,
            options: options.to_vec(),
        }
    }

    fn card() -> Scorecard {
        let score = |value| Score::new(value).unwrap();
        let traits = vec![
            TraitScore::new("Grit", score(90.0)),
            TraitScore::new("Middling", score(50.0)),
            TraitScore::new("Poise", score(1.0)),
        ];
        Scorecard::new(score(72.5), traits, None, &Thresholds::default())
    }
}
