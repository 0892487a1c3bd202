use super::catalogue;

catalogue! {
    /// Texts of the section `sync` of the page `push`.
    SyncTexts {
        title: "Bidirectional sync",
        lead: "Greenhouse reports hires, rejections, stage changes, merges and deletions with webhooks. The product records the outcome of pushed candidates, and erases the data of candidates who are deleted or anonymized in Greenhouse.",
        unavailable: "The webhooks could not be read.",

        not_set_up: "Setting up creates the webhook address and a secret with which Greenhouse signs each webhook. The secret is shown once. Have Greenhouse open, so that you can enter it there.",
        set_up: "Set up webhooks",

        enabled: "Enable webhooks",
        enabled_hint: "While webhooks are switched off, each delivery from Greenhouse is refused.",
        invited: "End open tests when their candidates are rejected or hired",
        invited_hint: "Also follows the applications for which Greenhouse sends tests, from now on. Without this, only pushed candidates are followed.",

        address: "Webhook address",
        address_hint: "The endpoint URL of every webhook in Greenhouse. It identifies your account, so do not publish it.",
        https_required: "Greenhouse calls only https addresses. First set this server's public URL to an https URL.",

        secret: "Secret",
        secret_lead: "Greenhouse signs each webhook with the secret. The secret is never shown again.",
        keep: "Also accept the previous secret",
        keep_hint: "Keep this on until every webhook in Greenhouse has the new secret. Otherwise, deliveries with the previous secret are refused.",
        generate: "Generate a new secret",
        own_secret: "Enter a secret of your own",
        own_secret_label: "New secret",
        own_secret_hint: "At least 16 random characters are safe.",
        save_secret: "Save the secret",
        stop_previous: "Stop accepting the previous one",
        stop_previous_text: "Deliveries that are signed with a previous secret are refused from this moment. First check that every webhook in Greenhouse has the new secret.",
        new_secret: "New webhook secret",
        new_secret_next: "Enter it in the field \"Secret key\" of every webhook in Greenhouse.",

        events: "Events",
        events_lead: "A webhook covers one event, so create one webhook in Greenhouse for each event. A ping counts as received.",
        event: "Event",
        event_state: "State",
        event_received: "Last received",
        never: "Never received",
        ok: "Received",
        silent: "Silent",
        wrong_signature: "Wrong signature",
        unsigned: "Not signed",
        too_large: "Too large",
        refused_at: "Refused",
        never_help: "An event that was never received may be rare. Otherwise, check that its webhook exists in Greenhouse and is not disabled.",
        silent_help: "Nothing was received for a long time. Check in Greenhouse that the webhook is not disabled.",
        wrong_signature_help: "Enter the current secret in this webhook in Greenhouse.",
        unsigned_help: "Enter the secret in the field \"Secret key\" of this webhook in Greenhouse.",
        too_large_help: "Ask the operator to raise the limit for request bodies.",
        refused: "Refused deliveries whose event is unknown",

        managed: "Webhooks in Greenhouse",
        managed_lead: "The Harvest credential can create the webhooks in Greenhouse, so that you do not have to fill in a form for each event.",
        managed_create: "Create the webhooks for me",
        managed_not_allowed: "Create the webhooks in Greenhouse with the steps below.",
        managed_checked: "Last check",
        managed_repair: "Repair the webhooks",
        managed_check: "Check the webhooks now",
        managed_remove: "Delete the webhooks in Greenhouse",
        managed_remove_text: "The webhooks that were created here are deleted in Greenhouse. Changes in Greenhouse are then found only by the comparison that runs every few hours. Webhooks that were created by hand stay.",
        defect_missing: "does not exist",
        defect_disabled: "disabled",
        defect_wrong_address: "has another address",
        defect_few_attempts: "has too few attempts",
        defect_old_secret: "has an earlier secret",
        defect_duplicate: "exists twice",
        defect_unconfirmed: "not confirmed yet",

        steps: "Steps in Greenhouse",
        step_open: "Open Configure > Dev Center > Webhooks. This requires the permission to manage and configure webhooks.",
        step_create: "Create a webhook for each event below. Labels in Greenhouse may differ. The word beside the event is the action that the webhook sends.",
        step_fill: "Fill in the form. \"Name this webhook\": any name. \"When\": the event. \"Endpoint URL\": the address above. \"Secret key\": the secret. \"Error recipient email\": an address that someone monitors, because Greenhouse reports failures nowhere else. \"Disabled?\": No.",
        step_save: "Click \"Create Webhook\". Greenhouse sends a ping. If the ping fails, the webhook stays disabled. Correct the URL and the secret, then enable the webhook.",
        step_check: "Check below that each event was received. A ping counts.",

        remove: "Remove the webhooks",
        remove_text: "The address and all secrets are removed, and Greenhouse receives an error for each delivery. Setting up again creates another address and another secret, which have to be entered in every webhook. Delete the webhooks in Greenhouse too.",
    }
    plural {
        managed_count: ("1 webhook was created here and exists in Greenhouse.", "{count} webhooks were created here and exist in Greenhouse."),
        accepted: ("1 secret is accepted", "{count} secrets are accepted"),
    }
}
