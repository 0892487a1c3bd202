//! Set-up steps for a person in Greenhouse, with Greenhouse's labels. A line break in a text is
//! printed as a line break.

use greenhouse_core::texts;

texts! {
    pub(crate) fn nothing_to_set_up() =
        "This account has no settings. Add them, then print the set-up steps again.";

    pub(crate) fn assessments_title() = "Assessments: Greenhouse sends candidates to this server";

    pub(crate) fn webhooks_title() =
        "Webhooks: Greenhouse notifies this server of changes to candidates and applications";

    /// Printed before the steps.
    pub(crate) fn switched_off() =
        "This part of the integration is switched off. Set \"enabled\" to true in the settings of \
         this part. Until then, Greenhouse receives 404.";

    /// Printed before the steps.
    pub(crate) fn https_required() =
        "Greenhouse calls only https URLs. First set this server's public URL to an https URL.";

    pub(crate) fn make_key(made_by: &str) =
        "Create a partner key with {made_by}.\nThe key is shown only once, so copy it immediately.";

    /// Printed after [`make_key`].
    pub(crate) fn no_valid_key() = "There is no valid key yet.";

    /// Printed after [`make_key`].
    pub(crate) fn valid_key(key: &str) = "Valid key: {key}";

    pub(crate) fn register_partner() =
        "If your integration is new to Greenhouse, send a sample key and these four URLs to\n\
         partners@greenhouse.io:";

    pub(crate) fn hand_over_key() =
        "Give the customer a key. The customer opens a ticket with Greenhouse Support to request \
         your integration. The ticket must not contain the key.\n\
         Support replies with a SendSafely link, through which the customer sends the key.";

    pub(crate) fn completion_credential_stored() =
        "The completion credential is already stored.";

    pub(crate) fn ask_for_completion_credential() =
        "Ask Greenhouse for the completion credential: a user name with a password, or a single \
         key.\n\
         It is not the partner key. Enter it under Assessments.\n\
         Until it is stored, a result appears in Greenhouse only when Greenhouse next checks the \
         status.";

    pub(crate) fn add_stage() =
        "For each job, the customer adds your integration's stage: Jobs > the job > Job Setup > Interview Plan > \
         Add stage >\n\
         your integration's stage > Add.";

    pub(crate) fn choose_test() =
        "At the new stage, the customer clicks \"Edit Take Home Test\", chooses the test and at \
         least one grader, and saves the stage.";

    pub(crate) fn try_test() =
        "To try the integration, move a candidate to the stage and click \"Send Test\".";

    pub(crate) fn automate_test() =
        "To have the test sent without a click, the customer adds a stage transition rule to the \
         stage that sends the\n\
         take-home test (Advanced and Expert plans).\n\
         Rules run when a candidate is moved to the stage. They do not run when an application is \
         created there, for\n\
         example by a push, by a candidate who applies or by a transfer between jobs. In these \
         cases, click \"Send Test\".";

    pub(crate) fn open_webhooks() =
        "In Greenhouse, open Configure > Dev Center > Webhooks. This requires the permission to \
         manage and configure\n\
         webhooks.";

    pub(crate) fn create_webhooks(count: usize) =
        "A webhook covers one event, so create {count} webhooks, one for each of these events:";

    /// Printed after the list of events.
    pub(crate) fn other_label() =
        "Labels in Greenhouse may differ. The name in parentheses is the action that the webhook \
         sends.";

    pub(crate) fn fill_in_webhooks() =
        "Fill in the form. All fields except the first two are the same for every webhook:";

    pub(crate) fn webhook_name() = "any name, for example the name of the event";

    pub(crate) fn webhook_event() = "the event";

    pub(crate) fn webhook_secret() =
        "the first entry of \"secrets\" in the sync settings";

    pub(crate) fn webhook_error_recipient() =
        "an address that someone monitors; Greenhouse reports failures nowhere else";

    pub(crate) fn save_webhooks() =
        "Click \"Create Webhook\". Greenhouse sends a ping to the endpoint URL. If the ping fails, \
         the webhook\n\
         stays disabled. Correct the URL and the secret, then enable the webhook.";

    pub(crate) fn check_webhooks() =
        "Then check the account's health, for example with the command `doctor`. It shows when each \
         webhook was last received.\n\
         A ping counts.";
}

/// Describes a valid partner key: `1a2b3c (begins with gpk_1a2b), expires at 2026-12-01T00:00:00Z`.
pub(crate) fn key(id: &str, prefix: Option<&str>, expires_at: Option<&str>) -> String {
    let prefix = prefix.map(|prefix| format!(" (begins with {prefix})"));
    let end = expires_at.map(|end| format!(", expires at {end}"));
    [Some(id.to_owned()), prefix, end]
        .into_iter()
        .flatten()
        .collect()
}
