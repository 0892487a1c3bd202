//! Values from an assessment for custom fields.

use greenhouse_core::scorecard::{Recommendation, Score, Scorecard};
use serde_json::{Number, Value};

use crate::{
    api::{CustomFieldInput, CustomFieldValue, CustomFieldValueType, CustomFields},
    field_use::{FieldUse, folded, is_option_of},
    push::{field_definitions::FieldDefinition, texts::sync_log::COMPLETED},
};

/// Value for one field, as written and as read back.
#[derive(Clone, PartialEq)]
pub(super) struct FieldValue {
    pub(super) key: String,
    pub(super) input: CustomFieldInput,
    reads_as: ReadValue,
}

#[derive(Clone, PartialEq)]
enum ReadValue {
    Text(String),
    Number(f64),
}

/// Reason why a field cannot hold the value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unsuitable {
    /// The field's type cannot hold the value.
    Kind,
    /// The field has no option for the recommendation.
    NoOption(Recommendation),
}

impl FieldValue {
    /// Returns `true` if the row has the value.
    pub(super) fn is_in(&self, fields: &CustomFields) -> bool {
        let Some(field) = fields.get(&self.key) else {
            return false;
        };
        match &self.reads_as {
            ReadValue::Text(text) => field.text() == Some(text),
            ReadValue::Number(number) => is_number(field, *number),
        }
    }
}

/// Returns the value for the field. `None` if the assessment has no such value; the field then
/// stays unchanged.
pub(super) fn field_value(
    usage: FieldUse,
    trait_name: &str,
    key: &str,
    definition: &FieldDefinition,
    card: &Scorecard,
    report_link: Option<&str>,
) -> Result<Option<FieldValue>, Unsuitable> {
    if !usage.accepts(&definition.kind) {
        return Err(Unsuitable::Kind);
    }
    let (input, reads_as) = match usage {
        // Not a value of an assessment.
        FieldUse::Status => return Ok(None),
        FieldUse::Score => match card.score {
            Some(score) if definition.kind == CustomFieldValueType::Number => number(score),
            Some(score) => text(score.to_string()),
            None if definition.kind == CustomFieldValueType::Number => return Ok(None),
            None => text(COMPLETED.to_owned()),
        },
        FieldUse::Recommendation => match card.overall {
            Some(overall) => recommended(overall, None, definition)?,
            None if definition.kind == CustomFieldValueType::SingleSelect => return Ok(None),
            None => text(COMPLETED.to_owned()),
        },
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
                recommended(own.rating, Some(own.score), definition)?
            }
        }
    };
    Ok(Some(FieldValue {
        key: key.to_owned(),
        input,
        reads_as,
    }))
}

fn number(score: Score) -> (CustomFieldInput, ReadValue) {
    let score = score.rounded();
    let value = score.value();
    let whole = serde_json::to_value(score).ok();
    let number = match whole {
        Some(Value::Number(number)) => Some(number),
        _ => Number::from_f64(value),
    };
    match number {
        Some(number) => (CustomFieldInput::Number(number), ReadValue::Number(value)),
        None => text(score.to_string()),
    }
}

fn text(text: String) -> (CustomFieldInput, ReadValue) {
    (CustomFieldInput::Text(text.clone()), ReadValue::Text(text))
}

/// Returns the recommendation as text, or as an option. An option is written by id and read by name
/// (observed live).
fn recommended(
    recommendation: Recommendation,
    score: Option<Score>,
    definition: &FieldDefinition,
) -> Result<(CustomFieldInput, ReadValue), Unsuitable> {
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
    Ok((input, ReadValue::Text(name.clone())))
}

fn is_number(field: &CustomFieldValue, wanted: f64) -> bool {
    field
        .number()
        .is_some_and(|number| (number - wanted).abs() < TOLERANCE)
}

/// Maximum difference at which two scores count as equal.
const TOLERANCE: f64 = 1e-6;

#[cfg(test)]
mod tests {
    use greenhouse_core::scorecard::{Thresholds, TraitScore};
    use serde_json::{from_value, json, to_value};

    use super::*;
    use crate::api::{Application, CustomFieldOptionId};

    #[test]
    fn a_value_fits_its_field_and_is_recognized_when_read() {
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
            let wanted = field_value(usage, name, "key", &definition, &card(), Some(link));
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
    fn unsuitable_fields_are_refused_and_missing_values_are_skipped() {
        use CustomFieldValueType as Kind;
        let of = |usage, name, kind, link| {
            field_value(usage, name, "key", &definition(kind), &card(), link)
                .map(|value| value.is_some())
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

    fn definition(kind: CustomFieldValueType) -> FieldDefinition {
        let options = [(1, "strong yes"), (2, "YES"), (3, "definitely_not")];
        let options = options.map(|(id, name)| (CustomFieldOptionId::new(id), name.to_owned()));
        FieldDefinition {
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
