use std::{borrow::Cow, collections::BTreeMap, fmt, marker::PhantomData};

use http::{Method, StatusCode};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use crate::answer::ErrorBody;

/// One endpoint of the document: a path and a method.
///
/// Operations with the same path and method are combined, so that a part can extend the operation
/// of another one.
#[derive(Debug, Clone)]
#[must_use]
pub struct Operation {
    pub(super) method: Method,
    pub(super) path: Cow<'static, str>,
    pub(super) summary: &'static str,
    pub(super) caller: Caller,
    pub(super) parameters: Vec<Parameter>,
    pub(super) body: Option<Body>,
    pub(super) responses: BTreeMap<u16, Responses>,
}

/// Caller of an endpoint, which determines the credential.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Caller {
    /// The product's own pages, with an operator token.
    Operator,
    /// Greenhouse, with a partner key.
    Greenhouse,
    /// Greenhouse with a partner key, or a browser without a credential.
    GreenhouseOrBrowser,
}

/// Parameter in the path or in the query.
#[derive(Debug, Clone)]
pub(super) struct Parameter {
    pub(super) name: &'static str,
    pub(super) place: &'static str,
    pub(super) required: bool,
    /// `None` if the description of the schema suffices.
    pub(super) description: Option<&'static str>,
    pub(super) schema: SchemaSource,
}

#[derive(Debug, Clone)]
pub(super) struct Body {
    pub(super) required: bool,
    pub(super) schema: SchemaSource,
}

/// Response with one status.
#[derive(Debug, Clone)]
pub(super) struct Responses {
    pub(super) description: &'static str,
    /// Bodies, one of which is sent. Empty if there is no body.
    pub(super) contents: Vec<Content>,
}

/// Body of a response.
#[derive(Debug, Clone)]
pub(super) enum Content {
    /// JSON body.
    Json(SchemaSource),
    /// Plain text.
    Text,
}

impl Content {
    fn json<T: JsonSchema>() -> Self {
        Self::Json(SchemaSource::of::<T>())
    }
}

/// Schema that is generated with the document.
#[derive(Clone)]
pub(super) enum SchemaSource {
    Type(fn(&mut SchemaGenerator) -> Schema),
    Value(Schema),
}

impl SchemaSource {
    fn of<T: JsonSchema>() -> Self {
        Self::Type(SchemaGenerator::subschema_for::<T>)
    }

    pub(super) fn schema(&self, generator: &mut SchemaGenerator) -> Schema {
        match self {
            Self::Type(of_type) => of_type(generator),
            Self::Value(schema) => schema.clone(),
        }
    }
}

impl fmt::Debug for SchemaSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SchemaSource")
    }
}

impl Operation {
    /// Creates an operator endpoint. The path is relative to
    /// [`PREFIX`](crate::operator::PREFIX); a parameter is written as `{name}`.
    pub fn new(method: Method, path: &'static str, summary: &'static str) -> Self {
        let operation = Self::with_caller(method, path.into(), summary, Caller::Operator);
        operation.error(StatusCode::UNAUTHORIZED).unavailable()
    }

    /// Creates an endpoint that Greenhouse calls with a partner key.
    pub(crate) fn of_greenhouse(method: Method, path: String, summary: &'static str) -> Self {
        let operation = Self::with_caller(method, path.into(), summary, Caller::Greenhouse);
        operation.error(StatusCode::UNAUTHORIZED).unavailable()
    }

    fn with_caller(
        method: Method,
        path: Cow<'static, str>,
        summary: &'static str,
        caller: Caller,
    ) -> Self {
        Self {
            method,
            path,
            summary,
            caller,
            parameters: Vec::new(),
            body: None,
            responses: BTreeMap::new(),
        }
    }

    /// Allows requests without a credential, from a browser.
    pub fn or_from_browser(mut self) -> Self {
        self.caller = Caller::GreenhouseOrBrowser;
        self
    }

    /// Adds a parameter of the path. The description is that of the type.
    pub fn path_parameter<T: JsonSchema>(mut self, name: &'static str) -> Self {
        self.parameters.push(Parameter {
            name,
            place: "path",
            required: true,
            description: None,
            schema: SchemaSource::of::<T>(),
        });
        self
    }

    /// Adds an optional query parameter.
    pub fn query<T: JsonSchema>(self, name: &'static str, description: &'static str) -> Self {
        self.query_parameter(name, description, SchemaSource::of::<T>(), false)
    }

    /// Adds an optional query parameter: a number from 1 to `maximum`.
    pub fn query_up_to(
        self,
        name: &'static str,
        description: &'static str,
        maximum: usize,
        default: usize,
    ) -> Self {
        let schema = json_schema!({
            "type": "integer", "minimum": 1, "maximum": maximum, "default": default,
        });
        self.query_parameter(name, description, SchemaSource::Value(schema), false)
    }

    /// Adds a required query parameter.
    pub fn required_query<T: JsonSchema>(
        self,
        name: &'static str,
        description: &'static str,
    ) -> Self {
        self.query_parameter(name, description, SchemaSource::of::<T>(), true)
    }

    fn query_parameter(
        mut self,
        name: &'static str,
        description: &'static str,
        schema: SchemaSource,
        required: bool,
    ) -> Self {
        self.parameters.push(Parameter {
            name,
            place: "query",
            required,
            description: Some(description),
            schema,
        });
        self
    }

    /// Removes the query parameters that are not in `known`.
    pub(crate) fn only_query(mut self, known: &[&str]) -> Self {
        let is_known = |one: &Parameter| one.place != "query" || known.contains(&one.name);
        self.parameters.retain(is_known);
        self
    }

    /// Sets the JSON body of the request, and adds the errors of every body.
    pub fn body<T: JsonSchema>(self) -> Self {
        self.with_body::<T>(true)
    }

    /// Sets the JSON body of the request, which may be left out, and adds the errors of every body.
    pub fn optional_body<T: JsonSchema>(self) -> Self {
        self.with_body::<T>(false)
    }

    fn with_body<T: JsonSchema>(mut self, required: bool) -> Self {
        let schema = SchemaSource::of::<T>();
        self.body = Some(Body { required, schema });
        self.error(StatusCode::BAD_REQUEST)
            .error(StatusCode::REQUEST_TIMEOUT)
            .error(StatusCode::PAYLOAD_TOO_LARGE)
            .error(StatusCode::UNPROCESSABLE_ENTITY)
    }

    /// Adds a response with a JSON body.
    pub fn response<T: JsonSchema>(self, status: StatusCode, description: &'static str) -> Self {
        self.add(status, description, Some(Content::json::<T>()))
    }

    /// Adds a response without a body.
    pub fn empty_response(self, status: StatusCode, description: &'static str) -> Self {
        self.add(status, description, None)
    }

    /// Adds a response in plain text.
    pub fn text_response(self, status: StatusCode, description: &'static str) -> Self {
        self.add(status, description, Some(Content::Text))
    }

    /// Adds an error with the description of its status.
    pub fn error(self, status: StatusCode) -> Self {
        self.described_error(status, reason(status))
    }

    /// Adds an error with its own description.
    pub fn described_error(self, status: StatusCode, description: &'static str) -> Self {
        self.add(status, description, Some(Content::json::<ErrorBody<'_>>()))
    }

    fn unavailable(self) -> Self {
        self.error(StatusCode::SERVICE_UNAVAILABLE)
    }

    fn add(mut self, status: StatusCode, text: &'static str, content: Option<Content>) -> Self {
        let responses = self.responses.entry(status.as_u16());
        let responses = responses.or_insert_with(|| Responses {
            description: text,
            contents: Vec::new(),
        });
        responses.contents.extend(content);
        self
    }

    /// Adds the body and the responses of another part's operation with the same path and method.
    pub(super) fn extend(&mut self, other: Self) {
        self.body = self.body.take().or(other.body);
        for (status, added) in other.responses {
            match self.responses.get_mut(&status) {
                Some(known) => known.contents.extend(added.contents),
                None => {
                    self.responses.insert(status, added);
                }
            }
        }
    }
}

/// Description of an error with this status.
fn reason(status: StatusCode) -> &'static str {
    match status.as_u16() {
        400 => "A parameter or the request is invalid.",
        401 => "The credential is missing or unknown.",
        404 => "The account has no such item.",
        408 => "The body did not arrive in time.",
        409 => "The state of the account or of the item does not allow the request.",
        413 => "The body is too large.",
        422 => "The body is invalid.",
        503 => "The database, the product or Greenhouse is unavailable. Try again later.",
        _ => "Error.",
    }
}

/// Schema of a required member that may be null. Unlike `Option`, it may not be left out.
#[derive(Debug)]
pub struct OrNull<T>(PhantomData<T>);

impl<T: JsonSchema> JsonSchema for OrNull<T> {
    fn schema_name() -> Cow<'static, str> {
        T::schema_name()
    }

    fn schema_id() -> Cow<'static, str> {
        format!("OrNull<{}>", T::schema_id()).into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        Option::<T>::json_schema(generator)
    }
}

/// Schema of any JSON object.
#[derive(Debug)]
pub struct OpenObject;

impl JsonSchema for OpenObject {
    fn schema_name() -> Cow<'static, str> {
        "Object".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "object" })
    }
}
