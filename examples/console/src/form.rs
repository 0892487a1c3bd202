/// Fields of an HTML form or of a query, in their order.
#[derive(Default)]
pub(crate) struct Form(Vec<(String, String)>);

impl Form {
    /// Parses `application/x-www-form-urlencoded`. Every input is valid.
    pub(crate) fn parse(encoded: &[u8]) -> Self {
        Self(url::form_urlencoded::parse(encoded).into_owned().collect())
    }

    /// First value of a field, without surrounding spaces. `None` if the field is missing.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        let own = self.0.iter().find(|(key, _)| key == name);
        own.map(|(_, value)| value.trim())
    }

    /// First value of a field, without surrounding spaces. `None` if it is missing or empty.
    pub(crate) fn filled(&self, name: &str) -> Option<&str> {
        self.get(name).filter(|value| !value.is_empty())
    }

    /// All values of a field, without surrounding spaces.
    pub(crate) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        let own = self.0.iter().filter(move |(key, _)| key == name);
        own.map(|(_, value)| value.trim())
    }

    /// Names and values of all fields, as they were sent.
    pub(crate) fn fields(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (&**name, &**value))
    }

    /// Returns `true` if a checkbox with this name was checked.
    pub(crate) fn is_checked(&self, name: &str) -> bool {
        self.get(name).is_some()
    }
}
