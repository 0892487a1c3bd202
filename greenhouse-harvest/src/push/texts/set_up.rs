//! Set-up steps for a person in Greenhouse, with Greenhouse's labels. A line break in a text is
//! printed as a line break.

use greenhouse_core::{UserId, texts};

texts! {
    pub(crate) fn title() = "Push: the product creates assessed candidates in Greenhouse";

    /// Printed before the steps.
    pub(crate) fn switched_off() =
        "The push is switched off. No candidate is pushed until you set \"enabled\" to true.";

    pub(crate) fn create_credential() =
        "In Greenhouse, open Configure > Dev Center > API Credential Management, and create a credential of the\n\
         API type \"Harvest V3 (OAuth)\" with the grant client_credentials. The secret is shown only once.";

    pub(crate) fn register_app() =
        "Use the client id and the secret of your app for the API type \"Harvest V3 (OAuth)\" with the grant\n\
         authorization_code. Greenhouse issues them to partners.";

    pub(crate) fn grant_scopes() =
        "Under Manage Scopes, grant the credential these scopes:";

    pub(crate) fn grant_scorecard_scopes() =
        "For scorecards instead of notes, also grant these scopes, if Greenhouse offers them to you:";

    pub(crate) fn acting_user(user: UserId) =
        "Check that the acting user (user {user}) is an active Site Admin, and give the user permission to see\n\
         private candidates. Lists are complete only for Site Admins, so a push by another user could create\n\
         duplicates.";

    pub(crate) fn own_user() =
        "Choose the acting user: a Site Admin with permission to see private candidates. Enter the user's id as\n\
         \"acting_user\" in the push settings. Without an acting user, Greenhouse acts as the user who owns the\n\
         credential, who must then have these permissions. Lists are complete only for Site Admins.";

    pub(crate) fn consenting_user() =
        "Have a Site Admin of the customer, with permission to see private candidates, connect the account.\n\
         Greenhouse acts as the user who consents. Lists are complete only for Site Admins.";

    pub(crate) fn save_credential() =
        "Enter the client id and the secret in the push settings. They are checked in Greenhouse before they are\n\
         saved, and each missing scope is named.";

    pub(crate) fn map_jobs() =
        "In the push settings, map each job of the product to a Greenhouse job and, optionally, to the\n\
         stage at which pushed candidates start.";

    pub(crate) fn no_stage_rule() =
        "Check the stage transition rules of the mapped stage. A created application triggers no stage transition\n\
         rule, so Greenhouse sends neither a test nor an email for a pushed candidate. Rules run when a candidate\n\
         is moved to the stage. Move the candidate to start them.";

    pub(crate) fn check_push() =
        "Check the health page. Then push a test candidate, and check the candidate in Greenhouse.";
}
