//! Set-up steps for a person in Greenhouse, with Greenhouse's labels. A line break in a text is
//! printed as a line break.

use greenhouse_core::{UserId, texts};

texts! {
    pub(crate) fn title() = "Push: the product creates assessed candidates in Greenhouse";

    /// Printed before the steps.
    pub(crate) fn switched_off() =
        "The push is switched off. No candidate is pushed until you set \"enabled\" to true in the\n\
         push settings.";

    pub(crate) fn create_credential() =
        "In Greenhouse, open Configure > Dev Center > API Credential Management, and create a credential of the\n\
         API type \"Harvest V3 (OAuth)\", which uses the grant type client_credentials. Copy the secret, because\n\
         Greenhouse shows it only once.";

    pub(crate) fn register_app(redirect_uri: &str) =
        "Ask Greenhouse for a partner app of the API type \"Harvest V3 (OAuth)\", which uses the grant type\n\
         authorization_code. Greenhouse issues a client id and a secret for it. Register this redirect URI for the\n\
         app: {redirect_uri}";

    pub(crate) fn grant_scopes() =
        "Under Manage Scopes, grant the credential these scopes:";

    pub(crate) fn grant_scorecard_scopes() =
        "For scorecards instead of notes, also grant these scopes, if Greenhouse offers them to you:";

    pub(crate) fn acting_user(user: UserId) =
        "Check that the acting user (user {user}) is an active Site Admin with permission to see private candidates.\n\
         Greenhouse returns complete lists only to Site Admins, so a push by another user could create duplicates.";

    pub(crate) fn own_user() =
        "Choose the acting user: a Site Admin with permission to see private candidates. Enter the id of this user\n\
         as \"acting_user\" in the push settings. Without an acting user, the push acts as the service user of the\n\
         credential, who then needs these permissions. Greenhouse returns complete lists only to Site Admins, so a\n\
         push by another user could create duplicates.";

    pub(crate) fn consenting_user() =
        "One of the customer's Site Admins, with permission to see private candidates, must connect the account.\n\
         The push acts as this user. Greenhouse returns complete lists only to Site Admins, so a push by another\n\
         user could create duplicates.";

    pub(crate) fn save_credential() =
        "Enter the client id and the secret in the push settings. Before they are saved, the server checks them with\n\
         Greenhouse and lists any missing scopes.";

    pub(crate) fn map_jobs() =
        "In the push settings, map each job of the product to a Greenhouse job and, optionally, to the\n\
         stage at which pushed candidates start.";

    pub(crate) fn no_stage_rule() =
        "An application that a push creates in the mapped stage triggers no stage transition rule, so Greenhouse sends\n\
         neither a test nor an email. Check whether the stage has such rules. Rules run only when a candidate is\n\
         moved to the stage in Greenhouse.";

    pub(crate) fn check_push() =
        "Check the account's health, for example with the command `doctor`. Then push a test candidate, and check\n\
         that the candidate appears in Greenhouse.";
}
