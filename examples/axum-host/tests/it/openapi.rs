//! The OpenAPI document is served, is committed, and describes exactly the endpoints.

use std::{collections::BTreeSet, env, fs, path::Path};

use bytes::Bytes;
use greenhouse_core::operator::PREFIX;
use http::{Request, StatusCode, header};
use serde_json::{Map, Value};

use crate::{
    host::OPERATOR_PATHS,
    terminal::{Terminal, account},
};

#[tokio::test]
async fn the_committed_document_is_the_served_one() {
    let served = served().await;
    let text = format!("{}\n", serde_json::to_string_pretty(&served).unwrap());
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../server/docs/openapi.json");
    if env::var_os("UPDATE_OPENAPI").is_some() {
        fs::write(&file, &text).unwrap();
    }
    let committed = fs::read_to_string(&file).unwrap_or_default();
    assert!(
        committed == text,
        "examples/server/docs/openapi.json is out of date; run this test with UPDATE_OPENAPI=1"
    );
}

#[tokio::test]
async fn the_document_has_exactly_the_operator_paths_and_their_methods() {
    let document = served().await;
    let mut undocumented: BTreeSet<&str> = document["paths"]
        .as_object()
        .unwrap()
        .keys()
        .filter_map(|path| path.strip_prefix(PREFIX))
        .collect();
    for (path, allowed) in OPERATOR_PATHS {
        let template = template(&document, path);
        let methods = document["paths"][format!("{PREFIX}{template}")].as_object();
        let methods: BTreeSet<_> = methods
            .unwrap()
            .keys()
            .map(|one| one.to_uppercase())
            .collect();
        let allowed: BTreeSet<_> = allowed.split(", ").map(str::to_owned).collect();
        assert_eq!(methods, allowed, "{path}");
        undocumented.remove(template.as_str());
    }
    assert!(
        undocumented.is_empty(),
        "only in the document: {undocumented:?}"
    );
}

/// Returns the documented path, relative to the prefix, that a request to this path has.
fn template(document: &Value, path: &str) -> String {
    let paths = document["paths"].as_object().unwrap().keys();
    let mut templates: Vec<_> = paths.filter_map(|one| one.strip_prefix(PREFIX)).collect();
    // A path without parameters comes first.
    templates.sort_by_key(|one| one.contains('{'));
    let matches = |template: &&&str| {
        let (own, asked) = (template.split('/'), path.split('/'));
        own.clone().count() == asked.clone().count()
            && own
                .zip(asked)
                .all(|(own, asked)| own == asked || own.starts_with('{'))
    };
    let found = templates.iter().find(matches);
    (*found.unwrap_or_else(|| panic!("{path} is not in the document"))).to_owned()
}

#[tokio::test]
async fn the_document_is_valid() {
    let document = served().await;
    assert_eq!(document["openapi"], "3.1.0");
    let mut ids = BTreeSet::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            let place = format!("{method} {path}");
            assert!(is_unique(&mut ids, &operation["operationId"]), "{place}");
            let summary = operation["summary"].as_str().unwrap();
            assert!(summary.ends_with('.'), "{place}: {summary}");
            check_parameters(path, operation);
            check_responses(&place, operation["responses"].as_object().unwrap());
        }
    }
    let mut used = BTreeSet::new();
    check_values(&document, &document, &mut used);
    let components = document["components"]["schemas"].as_object().unwrap();
    for name in components.keys() {
        // A number marks a second type with the same name.
        assert!(!name.ends_with(|c: char| c.is_ascii_digit()), "{name}");
        assert!(
            used.contains(&format!("#/components/schemas/{name}")),
            "{name} is unused"
        );
    }
}

fn is_unique<'a>(ids: &mut BTreeSet<&'a str>, id: &'a Value) -> bool {
    ids.insert(id.as_str().unwrap())
}

/// Each parameter of the path is described, and each has a description.
fn check_parameters(path: &str, operation: &Value) {
    let described: Vec<_> = operation["parameters"]
        .as_array()
        .into_iter()
        .flatten()
        .collect();
    let named: BTreeSet<_> = described
        .iter()
        .filter(|one| one["in"] == "path")
        .map(|one| format!("{{{}}}", one["name"].as_str().unwrap()))
        .collect();
    let in_path = path.split('/').filter(|segment| segment.starts_with('{'));
    let in_path: BTreeSet<_> = in_path.map(str::to_owned).collect();
    assert_eq!(named, in_path, "{path}");
    for parameter in described {
        let text = parameter["description"].as_str().unwrap_or_default();
        assert!(!text.is_empty(), "{path}: {parameter}");
        assert!(parameter["schema"].is_object(), "{path}: {parameter}");
    }
}

fn check_responses(place: &str, responses: &Map<String, Value>) {
    assert!(
        responses.keys().any(|status| status < &"400".to_owned()),
        "{place}"
    );
    for (status, response) in responses {
        let text = response["description"].as_str().unwrap_or_default();
        assert!(!text.is_empty(), "{place} {status}");
    }
}

/// Each reference resolves, and no description contains a link of rustdoc.
fn check_values(document: &Value, value: &Value, used: &mut BTreeSet<String>) {
    match value {
        Value::Array(items) => items
            .iter()
            .for_each(|item| check_values(document, item, used)),
        Value::Object(members) => {
            for (name, member) in members {
                match (name.as_str(), member.as_str()) {
                    ("$ref", Some(reference)) => {
                        let pointer = reference.strip_prefix('#').unwrap();
                        assert!(document.pointer(pointer).is_some(), "{reference}");
                        used.insert(reference.to_owned());
                    }
                    ("description", Some(text)) => {
                        assert!(!text.contains("[`") && !text.contains("`None`"), "{text}");
                    }
                    _ => check_values(document, member, used),
                }
            }
        }
        _ => {}
    }
}

async fn served() -> Value {
    let terminal = Terminal::new();
    assert!(terminal.apply(&account("acme")).ok);
    let host = terminal.host().await;
    let request = Request::get(format!("{PREFIX}openapi.json"))
        .header(header::AUTHORIZATION, "Bearer acme token");
    let answer = host.handle(request.body(Bytes::new()).unwrap()).await;
    assert_eq!(answer.status(), StatusCode::OK);
    assert_eq!(answer.headers()[header::CONTENT_TYPE], "application/json");
    let served = serde_json::from_slice(answer.body()).unwrap();
    assert_eq!(served, host.greenhouse().openapi());
    host.close().await;
    served
}
