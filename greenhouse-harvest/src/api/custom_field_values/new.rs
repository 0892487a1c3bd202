use std::fmt;

use chrono::NaiveDate;
use greenhouse_core::UserId;
use serde::Serialize;
use serde_json::{Map, Number, Value};

use super::number_in;

use crate::api::{CustomFieldId, CustomFieldOptionId};

/// Value to write to a custom field (official description). `Debug` shows only the field.
#[derive(Clone, PartialEq, Serialize)]
pub struct NewCustomFieldValue {
    /// Custom field.
    #[serde(flatten)]
    pub field: CustomFieldRef,
    /// Value.
    pub value: CustomFieldInput,
}

/// Reference to a custom field, by either key or id (official description).
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum CustomFieldRef {
    /// `name_key`, at most 255 characters. Rows identify their fields by this key.
    NameKey(String),
    /// Id.
    CustomFieldId(CustomFieldId),
}

/// Value in one of the possible forms (official description). `Debug` shows only the form.
///
/// A single select accepts an option's name or id, a multiple select a list of names or ids, a user
/// field the user's id, a date field `YYYY-MM-DD`, and a yes/no field a boolean (several clients
/// agree).
#[derive(Clone, PartialEq, Serialize)]
#[serde(untagged)]
#[non_exhaustive]
pub enum CustomFieldInput {
    /// A text, the name of an option, or a date.
    Text(String),
    /// A boolean.
    Switch(bool),
    /// A number, or the id of an option or a user.
    Number(Number),
    /// Names of options.
    Texts(Vec<String>),
    /// Ids of options.
    Numbers(Vec<Number>),
    /// An amount of money.
    Money(Money),
    /// A range of money. Described for rejections; likely accepted elsewhere (inferred).
    MoneyRange(MoneyRange),
    /// A range of numbers. Described for rejections; likely accepted elsewhere (inferred).
    NumberRange(NumberRange),
    /// Null, which clears the field.
    Clear,
}

/// Amount of money.
#[derive(Clone, PartialEq, Serialize)]
pub struct Money {
    /// Amount.
    pub amount: Number,
    /// Currency code of at most three letters.
    pub currency_code: String,
}

/// Range of money.
#[derive(Clone, PartialEq, Serialize)]
pub struct MoneyRange {
    /// Lower end.
    pub min_amount: Number,
    /// Upper end.
    pub max_amount: Number,
    /// Currency code of at most three letters.
    pub currency_code: String,
}

/// Range of numbers.
#[derive(Clone, PartialEq, Serialize)]
pub struct NumberRange {
    /// Lower end.
    pub min_value: Number,
    /// Upper end.
    pub max_value: Number,
}

impl NewCustomFieldValue {
    /// Creates a value for the field with this `name_key`.
    pub fn of_key(name_key: impl Into<String>, value: impl Into<CustomFieldInput>) -> Self {
        Self {
            field: CustomFieldRef::NameKey(name_key.into()),
            value: value.into(),
        }
    }

    /// Creates a value for the field with this id.
    pub fn of_id(field: CustomFieldId, value: impl Into<CustomFieldInput>) -> Self {
        Self {
            field: CustomFieldRef::CustomFieldId(field),
            value: value.into(),
        }
    }
}

impl CustomFieldInput {
    /// Converts a number. `None` if JSON cannot represent the number, which would become null and
    /// clear the field.
    pub fn number(number: f64) -> Option<Self> {
        Number::from_f64(number).map(Self::Number)
    }
}

impl Money {
    /// Creates an amount in this currency.
    pub fn new(amount: impl Into<Number>, currency_code: impl Into<String>) -> Self {
        Self {
            amount: amount.into(),
            currency_code: currency_code.into(),
        }
    }

    /// Parses the form used in request bodies, or the form used in webhooks, which contains `unit`
    /// instead of `currency_code`. Amounts may be texts.
    pub(super) fn read(value: &Value) -> Option<Self> {
        let members = value.as_object().filter(|members| members.len() == 2)?;
        Some(Self {
            amount: number_in(members.get("amount")?)?,
            currency_code: currency(members)?,
        })
    }
}

impl MoneyRange {
    pub(super) fn read(value: &Value) -> Option<Self> {
        let members = value.as_object().filter(|members| members.len() == 3)?;
        let end = |amount, value| number_in(members.get(amount).or_else(|| members.get(value))?);
        Some(Self {
            min_amount: end("min_amount", "min_value")?,
            max_amount: end("max_amount", "max_value")?,
            currency_code: currency(members)?,
        })
    }
}

impl NumberRange {
    pub(super) fn read(value: &Value) -> Option<Self> {
        let members = value.as_object().filter(|members| members.len() == 2)?;
        Some(Self {
            min_value: number_in(members.get("min_value")?)?,
            max_value: number_in(members.get("max_value")?)?,
        })
    }
}

fn currency(members: &Map<String, Value>) -> Option<String> {
    let code = members.get("currency_code").or_else(|| members.get("unit"));
    code?.as_str().map(str::to_owned)
}

impl From<&str> for CustomFieldInput {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for CustomFieldInput {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<bool> for CustomFieldInput {
    fn from(value: bool) -> Self {
        Self::Switch(value)
    }
}

impl From<i64> for CustomFieldInput {
    fn from(number: i64) -> Self {
        Self::Number(number.into())
    }
}

impl From<NaiveDate> for CustomFieldInput {
    fn from(day: NaiveDate) -> Self {
        Self::Text(day.to_string())
    }
}

impl From<CustomFieldOptionId> for CustomFieldInput {
    fn from(option: CustomFieldOptionId) -> Self {
        option.value().into()
    }
}

impl From<UserId> for CustomFieldInput {
    fn from(user: UserId) -> Self {
        user.value().into()
    }
}

impl From<Vec<String>> for CustomFieldInput {
    fn from(options: Vec<String>) -> Self {
        Self::Texts(options)
    }
}

impl From<Vec<CustomFieldOptionId>> for CustomFieldInput {
    fn from(options: Vec<CustomFieldOptionId>) -> Self {
        let ids = options.into_iter().map(|option| option.value().into());
        Self::Numbers(ids.collect())
    }
}

impl From<Money> for CustomFieldInput {
    fn from(money: Money) -> Self {
        Self::Money(money)
    }
}

impl fmt::Debug for NewCustomFieldValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewCustomFieldValue")
            .field("field", &self.field)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for CustomFieldInput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Text(_) => "Text",
            Self::Switch(_) => "Switch",
            Self::Number(_) => "Number",
            Self::Texts(_) => "Texts",
            Self::Numbers(_) => "Numbers",
            Self::Money(_) => "Money",
            Self::MoneyRange(_) => "MoneyRange",
            Self::NumberRange(_) => "NumberRange",
            Self::Clear => "Clear",
        })
    }
}

macro_rules! withheld {
    ($($name:ident)*) => {$(
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_struct(stringify!($name)).finish_non_exhaustive()
            }
        }
    )*};
}

withheld! { Money MoneyRange NumberRange }

#[cfg(test)]
mod tests {
    use serde_json::{json, to_value};

    use super::*;

    #[test]
    fn each_form_is_written_as_described() {
        let two = |a: i64, b: i64| (Number::from(a), Number::from(b));
        let (min, max) = two(1, 2);
        let forms: [(CustomFieldInput, Value); 12] = [
            ("Yes".into(), json!("Yes")),
            (true.into(), json!(true)),
            (72.into(), json!(72)),
            (CustomFieldInput::number(79.5).unwrap(), json!(79.5)),
            (CustomFieldOptionId::new(9).into(), json!(9)),
            (
                NaiveDate::from_ymd_opt(2026, 6, 2).unwrap().into(),
                json!("2026-06-02"),
            ),
            (
                vec!["A".to_owned(), "B".to_owned()].into(),
                json!(["A", "B"]),
            ),
            (vec![CustomFieldOptionId::new(9)].into(), json!([9])),
            (
                Money::new(100, "EUR").into(),
                json!({"amount": 100, "currency_code": "EUR"}),
            ),
            (
                CustomFieldInput::MoneyRange(MoneyRange {
                    min_amount: min.clone(),
                    max_amount: max.clone(),
                    currency_code: "EUR".to_owned(),
                }),
                json!({"min_amount": 1, "max_amount": 2, "currency_code": "EUR"}),
            ),
            (
                CustomFieldInput::NumberRange(NumberRange {
                    min_value: min,
                    max_value: max,
                }),
                json!({"min_value": 1, "max_value": 2}),
            ),
            (CustomFieldInput::Clear, json!(null)),
        ];
        for (input, value) in forms {
            let by_key = NewCustomFieldValue::of_key("level", input.clone());
            assert_eq!(
                to_value(&by_key).unwrap(),
                json!({"name_key": "level", "value": value})
            );
            let by_id = NewCustomFieldValue::of_id(CustomFieldId::new(7), input);
            assert_eq!(
                to_value(&by_id).unwrap(),
                json!({"custom_field_id": 7, "value": value})
            );
        }
        for number in [f64::NAN, f64::INFINITY] {
            assert_eq!(CustomFieldInput::number(number), None);
        }
    }

    #[test]
    fn debug_shows_only_the_field() {
        let new = NewCustomFieldValue::of_key("level", "canary");
        let money = Money::new(77_001, "EUR");
        let debug = format!("{new:?} {:?} {money:?}", new.value);
        assert!(debug.contains("level"), "{debug}");
        assert!(
            !debug.contains("canary") && !debug.contains("77001"),
            "{debug}"
        );
    }
}
