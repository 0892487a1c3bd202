//! Hostile texts, pages of other sites, foreign accounts and secrets.

mod accounts;
mod markup;
mod other_sites;
mod secrets;
mod sessions;

use std::sync::Arc;

use libtest_mimic::Trial;

use crate::pool::BrowserPool;

pub(crate) fn trials(pool: &Arc<BrowserPool>) -> Vec<Trial> {
    vec![
        pool.trial(
            "attacks::names_are_text_in_settings",
            markup::names_are_text,
        ),
        pool.trial("attacks::log_texts_are_text", markup::log_texts_are_text),
        pool.trial(
            "attacks::labels_of_the_host_are_text",
            markup::labels_are_text,
        ),
        pool.trial(
            "attacks::forms_of_other_sites_change_nothing",
            other_sites::forms,
        ),
        pool.trial(
            "attacks::requests_of_other_sites_change_nothing",
            other_sites::requests,
        ),
        pool.trial(
            "attacks::frames_of_other_sites_are_empty",
            other_sites::frames,
        ),
        pool.trial(
            "attacks::a_sign_in_begins_a_new_session",
            sessions::fixation,
        ),
        pool.trial(
            "attacks::a_sign_out_ends_copies_of_the_session",
            sessions::sign_out,
        ),
        pool.trial(
            "attacks::ids_of_another_account_do_not_exist",
            accounts::foreign_ids,
        ),
        pool.trial("attacks::a_new_key_is_not_kept", secrets::of_new_key),
        pool.trial(
            "attacks::a_new_webhook_secret_is_not_kept",
            secrets::of_webhooks,
        ),
        pool.trial("attacks::entered_secrets_are_not_kept", secrets::entered),
    ]
}
