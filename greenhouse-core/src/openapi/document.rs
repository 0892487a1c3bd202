use std::collections::BTreeMap;

use schemars::{
    Schema, SchemaGenerator, generate::SchemaSettings, transform::transform_subschemas,
};
use serde_json::{Map, Value, json};

use super::{
    Operation, description,
    operation::{Body, Caller, Content, Parameter, Responses},
};

/// Builds the document.
#[derive(Debug)]
pub(crate) struct Document {
    /// Path prefix of the operator endpoints.
    prefix: &'static str,
    operations: BTreeMap<(String, String), Operation>,
}

impl Document {
    /// Creates an empty document. Relative paths of operations are under `prefix`.
    pub(crate) fn new(prefix: &'static str) -> Self {
        Self {
            prefix,
            operations: BTreeMap::new(),
        }
    }

    /// Adds operations.
    pub(crate) fn add(&mut self, operations: Vec<Operation>) {
        for operation in operations {
            let path = match operation.path.starts_with('/') {
                true => operation.path.to_string(),
                false => format!("{}{}", self.prefix, operation.path),
            };
            let method = operation.method.as_str().to_lowercase();
            match self.operations.get_mut(&(path.clone(), method.clone())) {
                Some(known) => known.extend(operation),
                None => {
                    self.operations.insert((path, method), operation);
                }
            }
        }
    }

    /// Generates the document.
    pub(crate) fn build(&self) -> Value {
        let mut schemas = Schemas::new();
        let mut paths: BTreeMap<&str, Map<String, Value>> = BTreeMap::new();
        for ((path, method), operation) in &self.operations {
            let methods = paths.entry(path).or_default();
            methods.insert(method.clone(), schemas.operation(operation));
        }
        let mut document = json!({
            "openapi": "3.1.0",
            "info": {
                "title": "Greenhouse integration",
                "description": DESCRIPTION,
                "version": env!("CARGO_PKG_VERSION"),
                "license": { "name": "MIT OR Apache-2.0", "identifier": "MIT OR Apache-2.0" },
            },
            "servers": [{ "url": "/" }],
            "paths": paths,
            "components": {
                "schemas": schemas.answers.take_definitions(true),
                "securitySchemes": {
                    OPERATOR_TOKEN: {
                        "type": "http",
                        "scheme": "bearer",
                        "description": "Operator token of an account. A service that embeds the \
                                        crates authenticates its own users instead.",
                    },
                    PARTNER_KEY: {
                        "type": "http",
                        "scheme": "basic",
                        "description": "Partner key as the user name, with an empty password.",
                    },
                },
            },
        });
        description::convert(&mut document);
        document
    }
}

/// Generators of the schemas. Schemas of requests and of responses differ, because members with a
/// default may be left out only in requests. Only those of responses are shared components.
struct Schemas {
    answers: SchemaGenerator,
    requests: SchemaGenerator,
}

impl Schemas {
    fn new() -> Self {
        let settings = SchemaSettings::draft2020_12().with(|settings| {
            settings.definitions_path = "/components/schemas".into();
            settings.meta_schema = None;
        });
        let requests = settings
            .clone()
            .with(|settings| settings.inline_subschemas = true);
        Self {
            answers: settings
                .for_serialize()
                .with_transform(of_response)
                .into_generator(),
            requests: requests.into_generator(),
        }
    }

    fn operation(&mut self, operation: &Operation) -> Value {
        let responses = operation.responses.iter();
        let responses: Map<_, _> = responses
            .map(|(status, responses)| (status.to_string(), self.responses(responses)))
            .collect();
        let security = match operation.caller {
            Caller::Operator => json!([{ OPERATOR_TOKEN: [] }]),
            Caller::Greenhouse => json!([{ PARTNER_KEY: [] }]),
            Caller::GreenhouseOrBrowser => json!([{ PARTNER_KEY: [] }, {}]),
        };
        let mut shown = json!({
            "operationId": id(operation),
            "summary": operation.summary,
            "tags": [tag(operation)],
            "security": security,
            "responses": responses,
        });
        if !operation.parameters.is_empty() {
            let parameters = operation.parameters.iter();
            let parameters = parameters.map(|one| self.parameter(one));
            shown["parameters"] = parameters.collect();
        }
        if let Some(Body { required, schema }) = &operation.body {
            let schema = schema.schema(&mut self.requests);
            shown["requestBody"] = json!({
                "required": required,
                "content": { JSON: { "schema": schema } },
            });
        }
        shown
    }

    fn parameter(&mut self, parameter: &Parameter) -> Value {
        let mut schema = parameter.schema.schema(&mut self.requests);
        let own = schema.remove("description");
        let description = parameter.description.map(Value::from).or(own);
        let mut shown = json!({
            "name": parameter.name,
            "in": parameter.place,
            "required": parameter.required,
            "schema": schema,
        });
        if let Some(description) = description {
            shown["description"] = description;
        }
        shown
    }

    fn responses(&mut self, responses: &Responses) -> Value {
        let mut content = Map::new();
        let mut bodies = Vec::new();
        for one in &responses.contents {
            match one {
                Content::Text => {
                    content.insert(TEXT.to_owned(), json!({ "schema": { "type": "string" } }));
                }
                Content::Json(schema) => {
                    let schema = json!(schema.schema(&mut self.answers));
                    if !bodies.contains(&schema) {
                        bodies.push(schema);
                    }
                }
            }
        }
        let body = match bodies.as_slice() {
            [] => None,
            [one] => Some(one.clone()),
            several => Some(json!({ "anyOf": several })),
        };
        if let Some(schema) = body {
            content.insert(JSON.to_owned(), json!({ "schema": schema }));
        }
        let mut shown = json!({ "description": responses.description });
        if !content.is_empty() {
            shown["content"] = content.into();
        }
        shown
    }
}

/// Adapts the schema of a response. A member that can be absent is not null, because it is left out
/// instead. Other members can be added later. A default has no meaning.
fn of_response(schema: &mut Schema) {
    schema.remove("default");
    if schema.get("additionalProperties") == Some(&Value::Bool(false)) {
        schema.remove("additionalProperties");
    }
    let required = schema.get("required").cloned().unwrap_or_default();
    if let Some(Value::Object(properties)) = schema.get_mut("properties") {
        let required = required.as_array().map_or(&[][..], Vec::as_slice);
        for (name, property) in properties {
            if !required.iter().any(|one| one == name) {
                remove_null(property);
            }
        }
    }
    transform_subschemas(&mut of_response, schema);
}

fn remove_null(property: &mut Value) {
    let Some(members) = property.as_object_mut() else {
        return;
    };
    if let Some(Value::Array(types)) = members.get_mut("type") {
        types.retain(|one| one != "null");
        if let [one] = types.as_slice() {
            let one = one.clone();
            members.insert("type".to_owned(), one);
        }
    }
    if let Some(Value::Array(schemas)) = members.get_mut("anyOf") {
        schemas.retain(|one| one["type"] != "null");
        if let [Value::Object(only)] = schemas.as_slice() {
            let only = only.clone();
            members.remove("anyOf");
            members.extend(only);
        }
    }
}

/// Id such as `get_push_assessment`, unique because method and path are.
fn id(operation: &Operation) -> String {
    let path = operation.path.trim_start_matches("/api/");
    let words = path.split(|c: char| !c.is_ascii_alphanumeric());
    let words = words.filter(|word| !word.is_empty());
    let method = operation.method.as_str().to_lowercase();
    let words: Vec<_> = [method.as_str()].into_iter().chain(words).collect();
    words.join("_")
}

fn tag(operation: &Operation) -> &str {
    match operation.caller {
        Caller::Operator => operation.path.split('/').next().unwrap_or_default(),
        Caller::Greenhouse | Caller::GreenhouseOrBrowser => "assessments",
    }
}

const DESCRIPTION: &str = "Operator endpoints for the pages of the product, and the assessment \
                           endpoints that Greenhouse calls. Codes of errors are stable. New \
                           members can be added to responses at any time.";
const OPERATOR_TOKEN: &str = "operator_token";
const PARTNER_KEY: &str = "partner_key";
const JSON: &str = "application/json";
const TEXT: &str = "text/plain";
