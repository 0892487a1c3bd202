//! Environment variables that override settings of the first account in the accounts file.

use toml::{Table, Value};

use crate::toml_file::{self, ConfigError};

/// Environment variable for a setting of an account.
#[derive(Debug)]
pub(crate) struct AccountVariable {
    /// Name of the variable.
    pub(crate) name: &'static str,
    /// Path of the setting in the account, such as `sync.hook_key`.
    pub(crate) place: &'static str,
    value: fn(&str) -> Option<Value>,
}

impl AccountVariable {
    /// Sets the value in the first account of the document. Adds an account named `default` if the
    /// document has none.
    pub(crate) fn put(&self, document: &mut Table, text: &str) -> Result<(), ConfigError> {
        let wrong = |reason: &str| ConfigError::wrong(self.name, reason);
        // Only a number can be invalid, and no number is a secret.
        let value = (self.value)(text)
            .ok_or_else(|| wrong(&format!("expected a whole number, got {text:?}")))?;
        let accounts = document
            .entry("accounts")
            .or_insert_with(|| Value::Array(Vec::new()));
        let accounts = accounts
            .as_array_mut()
            .ok_or_else(|| wrong("`accounts` in the file is not a list; write each account as a section [[accounts]]"))?;
        if accounts.is_empty() {
            let id = Value::String("default".to_owned());
            accounts.push(Value::Table(Table::from_iter([("id".to_owned(), id)])));
        }
        if let Some(Value::Table(account)) = accounts.first_mut() {
            let path: Vec<_> = self.place.split('.').collect();
            toml_file::put(account, &path, value);
        }
        Ok(())
    }
}

/// All environment variables for settings of an account.
pub(crate) const VARIABLES: &[AccountVariable] = {
    const fn one(
        name: &'static str,
        place: &'static str,
        value: fn(&str) -> Option<Value>,
    ) -> AccountVariable {
        AccountVariable { name, place, value }
    }
    &[
        one("GREENHOUSE_ACCOUNT", "id", text),
        one("GREENHOUSE_OPERATOR_TOKEN_DIGESTS", "operator_tokens", list),
        one(
            "GREENHOUSE_PARTNER_KEY_DIGESTS",
            "assessments.partner_keys",
            list,
        ),
        one(
            "GREENHOUSE_COMPLETION_USER",
            "assessments.completion.user",
            text,
        ),
        one(
            "GREENHOUSE_COMPLETION_PASSWORD",
            "assessments.completion.password",
            text,
        ),
        one("GREENHOUSE_CLIENT_ID", "push.credential.client_id", text),
        one(
            "GREENHOUSE_CLIENT_SECRET",
            "push.credential.client_secret",
            text,
        ),
        one("GREENHOUSE_ACTING_USER", "push.acting_user", number),
        one("GREENHOUSE_HOOK_KEY", "sync.hook_key", text),
        one("GREENHOUSE_WEBHOOK_SECRETS", "sync.secrets", list),
    ]
};

fn text(text: &str) -> Option<Value> {
    Some(Value::String(text.to_owned()))
}

fn list(text: &str) -> Option<Value> {
    Some(toml_file::list(text))
}

fn number(text: &str) -> Option<Value> {
    text.trim().parse().ok().map(Value::Integer)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_invalid_number_is_repeated_in_the_error() {
        let mut variables = VARIABLES.iter();
        let user = variables.find(|variable| variable.place == "push.acting_user");
        let error = user.unwrap().put(&mut Table::new(), "Mira").unwrap_err();
        assert_eq!(
            error.to_string(),
            "GREENHOUSE_ACTING_USER: expected a whole number, got \"Mira\""
        );
    }
}
