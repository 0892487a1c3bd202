//! Steps that a person takes in Greenhouse, with Greenhouse's labels. A line break in a step starts
//! a new line of the step.

use greenhouse_core::texts;

texts! {
    pub(crate) fn nothing_to_set_up() = "Neither assessments nor the sync are set up.";

    pub(crate) fn assessments_title() = "Assessments: Greenhouse sends candidates to this server";

    pub(crate) fn webhooks_title() = "Webhooks: Greenhouse reports changes of candidates";

    /// Precedes the steps.
    pub(crate) fn switched_off() =
        "This is switched off. Greenhouse receives 404 until you switch it on (\"enabled\").";

    /// Precedes the steps.
    pub(crate) fn https_required() =
        "Greenhouse calls https addresses only. Set an https address as the public address of this \
         server first.";

    pub(crate) fn make_key(made_by: &str) =
        "Make a partner key with {made_by}.\nIt is shown only once. Copy it immediately.";

    /// Follows [`make_key`].
    pub(crate) fn no_valid_key() = "There is no valid key yet.";

    /// Follows [`make_key`].
    pub(crate) fn valid_key(key: &str) = "Valid key: {key}";

    pub(crate) fn register_partner() =
        "Only if your product is new to Greenhouse: send a sample key and these four addresses to\n\
         partners@greenhouse.io";

    pub(crate) fn hand_over_key() =
        "Give the customer a key. The customer opens a ticket with Greenhouse Support and asks for \
         your integration.\n\
         Do not write the key in the ticket. Support replies with a SendSafely link for the key.";

    pub(crate) fn completion_credential_stored() =
        "The credential of the completion call is already stored.";

    pub(crate) fn ask_for_completion_credential() =
        "Ask Greenhouse for the credential of the completion call: a user name with a password, or a \
         single key.\n\
         It is not the partner key. Enter it under Assessments.\n\
         Until then, Greenhouse shows results only after it asks for them.";

    pub(crate) fn add_stage() =
        "The customer adds the stage to each job: Jobs > the job > Job Setup > Interview Plan > Add \
         stage, choose\n\
         your integration's stage, Add.";

    pub(crate) fn choose_test() =
        "At the new stage, the customer clicks Edit \"Take Home Test\", chooses the test and at \
         least one grader, and saves.";

    pub(crate) fn try_test() =
        "To try it, move a candidate to the stage and click \"Send Test\".";

    pub(crate) fn open_webhooks() =
        "In Greenhouse, open Configure > Dev Center > Web Hooks > Web Hooks. This requires the \
         permission to manage and\n\
         configure web hooks.";

    pub(crate) fn create_webhooks(count: usize) =
        "A webhook serves one event, so create {count} of them, one for each of these:";

    /// Follows the list of events.
    pub(crate) fn other_label() =
        "If Greenhouse labels an event differently: the name in brackets is the one it sends.";

    pub(crate) fn fill_in_webhooks() =
        "Fill in the form. All fields except the first two are the same for every webhook:";

    pub(crate) fn webhook_name() = "any name, for example the event";

    pub(crate) fn webhook_event() = "the event";

    pub(crate) fn webhook_secret() =
        "the first of \"secrets\" in the settings of the sync, the same for all webhooks";

    pub(crate) fn webhook_error_recipient() =
        "a person who reads it: Greenhouse reports failures only there";

    pub(crate) fn save_webhooks() =
        "Click \"Create Web hook\". Greenhouse sends a ping to the endpoint URL. If it fails, the \
         webhook stays disabled:\n\
         correct URL and secret, then enable it.";

    pub(crate) fn check_webhooks() =
        "Check the health page afterwards. It shows when each webhook was last received, including \
         its ping.";
}

/// Describes a valid partner key: `1a2b3c, which begins with gpk_1a2b, until 2026-12-01T00:00:00Z`.
pub(crate) fn key(id: &str, prefix: Option<&str>, expires_at: Option<&str>) -> String {
    let prefix = prefix.map(|prefix| format!(", which begins with {prefix}"));
    let end = expires_at.map(|end| format!(", until {end}"));
    [Some(id.to_owned()), prefix, end]
        .into_iter()
        .flatten()
        .collect()
}
