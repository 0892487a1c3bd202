use std::fmt::{self, Display};

use bytes::Bytes;
use serde::{
    Deserialize, Deserializer, Serialize,
    de::{self, IgnoredAny, MapAccess, SeqAccess, Visitor},
};
use url::Url;

use super::problem::MAX_READ;
use crate::{Error, HarvestClient, Route};

/// Call that has not been sent yet.
#[derive(Clone)]
pub(crate) struct Call {
    route: Route,
    url: Url,
    body: Option<Bytes>,
    /// Texts in the query that a response may repeat and an error must not contain.
    withheld: Vec<String>,
}

impl Call {
    pub(super) fn new(route: Route, url: Url) -> Self {
        Self {
            route,
            url,
            body: None,
            withheld: Vec::new(),
        }
    }

    /// Creates a call to a path without ids.
    pub(crate) fn of(client: &HarvestClient, route: Route) -> Self {
        Self::with_ids(client, route, &[])
    }

    /// Creates a call to a path with one id.
    pub(crate) fn on(client: &HarvestClient, route: Route, id: impl Display) -> Self {
        Self::with_ids(client, route, &[&id])
    }

    /// Creates a call to a path whose placeholders are filled with these ids in order.
    pub(crate) fn with_ids(client: &HarvestClient, route: Route, ids: &[&dyn Display]) -> Self {
        let url = client.shared.endpoints.api_url(route.template(), ids);
        Self::new(route, url)
    }

    /// Adds parameters to the query.
    pub(super) fn with_query(mut self, pairs: impl IntoIterator<Item = (String, String)>) -> Self {
        let mut pairs = pairs.into_iter().peekable();
        if pairs.peek().is_some() {
            self.url.query_pairs_mut().extend_pairs(pairs);
        }
        self
    }

    /// Sets the JSON body.
    ///
    /// # Errors
    ///
    /// [`Error::Construction`] if the body cannot be serialized.
    pub(crate) fn with_body(self, body: &impl Serialize) -> Result<Self, Error> {
        self.with_body_of(USUAL_BODY, body)
    }

    /// Sets the JSON body. `room` is its expected size in bytes, so that a large body is not copied
    /// while it grows.
    ///
    /// # Errors
    ///
    /// Same as [`with_body`](Self::with_body).
    pub(crate) fn with_body_of(
        mut self,
        room: usize,
        body: &impl Serialize,
    ) -> Result<Self, Error> {
        let mut written = Vec::with_capacity(room);
        serde_json::to_writer(&mut written, body).map_err(|source| Error::Construction {
            route: self.route,
            source: Some(source.into()),
        })?;
        self.body = Some(written.into());
        Ok(self)
    }

    /// Redacts these texts from the query in every error. Texts from the body are always redacted.
    pub(crate) fn withholding(mut self, texts: impl IntoIterator<Item = String>) -> Self {
        self.withheld.extend(texts);
        self
    }

    /// Returns the same call with another URL.
    pub(super) fn at(&self, url: Url) -> Self {
        Self {
            url,
            ..self.clone()
        }
    }

    pub(super) fn route(&self) -> Route {
        self.route
    }

    pub(super) fn url(&self) -> &Url {
        &self.url
    }

    pub(super) fn body(&self) -> Option<&Bytes> {
        self.body.as_ref()
    }

    /// Returns the texts to redact in errors: the withheld texts from the query, and each line of
    /// each string in the body. Parses the body again, so it is used only for errors.
    pub(super) fn withheld(&self) -> impl Iterator<Item = String> {
        let body = self.body.as_deref().unwrap_or_default();
        let Texts(texts) = serde_json::from_slice(body).unwrap_or_default();
        self.withheld.iter().cloned().chain(texts)
    }
}

/// Texts in a body, line by line. For an uploaded file, only the beginning is kept.
#[derive(Default)]
struct Texts(Vec<String>);

impl<'de> Deserialize<'de> for Texts {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(TextsOf)
    }
}

struct TextsOf;

impl<'de> Visitor<'de> for TextsOf {
    type Value = Texts;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Texts, E> {
        let beginning = |line: &str| line.trim_start().chars().take(MAX_READ).collect();
        Ok(Texts(text.lines().map(beginning).collect()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Texts, A::Error> {
        let mut texts = Vec::new();
        while let Some(Texts(more)) = items.next_element()? {
            texts.extend(more);
        }
        Ok(Texts(texts))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Texts, A::Error> {
        let mut texts = Vec::new();
        while let Some((IgnoredAny, Texts(more))) = members.next_entry()? {
            texts.extend(more);
        }
        Ok(Texts(texts))
    }

    fn visit_unit<E: de::Error>(self) -> Result<Texts, E> {
        Ok(Texts::default())
    }

    fn visit_bool<E: de::Error>(self, _: bool) -> Result<Texts, E> {
        Ok(Texts::default())
    }

    fn visit_i64<E: de::Error>(self, _: i64) -> Result<Texts, E> {
        Ok(Texts::default())
    }

    fn visit_u64<E: de::Error>(self, _: u64) -> Result<Texts, E> {
        Ok(Texts::default())
    }

    fn visit_f64<E: de::Error>(self, _: f64) -> Result<Texts, E> {
        Ok(Texts::default())
    }
}

/// Initial capacity for a body, in bytes.
const USUAL_BODY: usize = 256;

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn all_texts_in_a_body_and_the_beginning_of_a_file_are_withheld() {
        let file = "f".repeat(MAX_READ + 1);
        let body = json!({"a": ["one\n  two", 1, -1, 0.5, true, null], "b": {"c": "\u{1f600}"}, "d": file});
        let route = Route::post("/v3/w", "");
        let call = Call::new(route, Url::parse("https://a/").unwrap());
        let call = call.withholding(["query".to_owned()]);
        let call = call.with_body(&body).unwrap();
        let withheld: Vec<String> = call.withheld().collect();
        let file = "f".repeat(MAX_READ);
        assert_eq!(withheld, ["query", "one", "two", "\u{1f600}", &*file]);
    }

    #[test]
    fn a_call_without_a_body_withholds_the_given_texts() {
        let route = Route::get("/v3/r", "");
        let call = Call::new(route, Url::parse("https://a/").unwrap());
        assert_eq!(call.withheld().count(), 0);
    }
}
