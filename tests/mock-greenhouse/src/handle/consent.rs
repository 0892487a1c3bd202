use crate::auth::from_integrations_page;
use crate::handle::MockGreenhouse;
use crate::state::ActError;

/// Consents to the partner's app.
impl MockGreenhouse {
    /// Sets the user who consents at `/authorize` and on the integrations page, and as whom the
    /// partner's tokens act. Default: the seeded Site Admin.
    ///
    /// # Errors
    ///
    /// [`ActError`] if the user does not exist.
    pub fn set_consenting_user(&self, user: i64) -> Result<(), ActError> {
        self.world.state().set_consenting_user(user)
    }

    /// Registers another redirect URI for the partner's app, for example that of a host that was
    /// started after the mock.
    pub fn set_redirect_uri(&self, redirect_uri: impl Into<String>) {
        self.world.state().redirect_uri = Some(redirect_uri.into());
    }

    /// Consents on Greenhouse's own integrations page. Returns the URL that the browser then opens:
    /// the redirect URI with a `code`, but without a `state`. `None` if the redirect URI is not a
    /// URL.
    #[must_use]
    pub fn consent_in_greenhouse(&self) -> Option<String> {
        from_integrations_page(&self.world)
    }
}
