use serde_json::Value;

use crate::harvest::query::{Filter, Kind};
use crate::harvest::{ListRequest, custom_fields, page};
use crate::rows::{Record, Shape, Table};
use crate::wire::Answer;

/// Lists records. Each filter compares one member, according to the member's type.
pub(super) fn list(request: &ListRequest<'_>, table: &'static Table) -> Result<Answer, Answer> {
    let known: Vec<(&'static str, Kind)> = table
        .filters
        .iter()
        .map(|(filter, _)| (*filter, kind(table, filter)))
        .collect();
    page::list(
        request,
        request.state.records.of(table.name),
        &known,
        |record, filter| keeps(request, table, record, filter),
    )
}

fn keeps(request: &ListRequest<'_>, table: &Table, record: &Record, filter: &Filter) -> bool {
    match filter.name {
        "custom_field_key" => {
            let field = record.integer("custom_field_id");
            let field = field.and_then(|id| request.state.records.get("custom_fields", id));
            filter.text(field.and_then(|field| field.text("name_key")))
        }
        "custom_field_option_id" => record
            .members
            .get("question_custom_fields")
            .and_then(Value::as_object)
            .is_some_and(|values| custom_fields::has_option(request.state, filter, values)),
        _ => {
            let member = member_of(table, filter.name).unwrap_or_default();
            match kind(table, filter.name) {
                Kind::Ids | Kind::Id => filter.id(record.integer(member)),
                Kind::Flag => filter.flag(record.is(member)),
                Kind::Time => filter.time(record.text(member).and_then(crate::time::parse_any)),
                Kind::Text | Kind::Texts | Kind::OneOf(_) => filter.text(record.text(member)),
            }
        }
    }
}

fn member_of(table: &Table, filter: &str) -> Option<&'static str> {
    table
        .filters
        .iter()
        .find(|(name, _)| *name == filter)
        .map(|(_, member)| *member)
}

fn kind(table: &Table, filter: &str) -> Kind {
    let member = member_of(table, filter);
    let shape = table
        .members
        .iter()
        .find(|known| Some(known.name) == member)
        .map(|known| known.shape);
    match (filter, shape) {
        ("custom_field_key", _) => Kind::Text,
        ("custom_field_option_id", _) => Kind::Id,
        ("email", _) => Kind::Texts,
        (_, Some(Shape::Integer)) => Kind::Ids,
        (_, Some(Shape::Flag)) => Kind::Flag,
        (_, Some(Shape::Time | Shape::Day)) => Kind::Time,
        (_, Some(Shape::OneOf(words))) => Kind::OneOf(words),
        _ => Kind::Text,
    }
}
