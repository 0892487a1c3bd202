use maud::{Markup, html};

use crate::{
    api::{Hook, Hooks},
    parts::{Icon, icon, time},
    request::ConsoleRequest,
    texts::SyncTexts,
};

/// The webhooks to create in Greenhouse, each with its state, and the refused deliveries that
/// belong to none of them.
pub(super) fn markup(request: &ConsoleRequest<'_>, hooks: &Hooks) -> Markup {
    let texts = &request.texts().sync;
    html! {
        h3 #sync-events { (texts.events) }
        p { (texts.events_lead) }
        table aria-labelledby="sync-events" {
            thead {
                tr {
                    @for title in [texts.event, texts.event_state, texts.event_received] {
                        th scope="col" { (title) }
                    }
                }
            }
            tbody { @for hook in &hooks.hooks { (row(request, hook)) } }
        }
        @if hooks.hooks.iter().any(|hook| hook.state == "never") {
            p.gh-hint { (texts.never_help) }
        }
        @if !hooks.refused.is_empty() {
            h3 { (texts.refused) }
            ul {
                @for refused in &hooks.refused {
                    @let shown = Shown::of(texts, &refused.reason);
                    li data-refused=(refused.reason) { (shown.markup()) " " (time(&refused.at)) }
                }
            }
        }
    }
}

fn row(request: &ConsoleRequest<'_>, hook: &Hook) -> Markup {
    let texts = &request.texts().sync;
    let shown = Shown::of(texts, &hook.state);
    html! {
        tr data-event=(hook.action) data-state=(hook.state) {
            th scope="row" { (hook.label) " " code { (hook.action) } }
            td data-label=(texts.event_state) {
                (shown.markup())
                @if let Some(at) = &hook.last_refused { " " (texts.refused_at) ": " (time(at)) }
                @if let Some(help) = shown.help { p.gh-hint { (help) } }
            }
            td data-label=(texts.event_received) {
                @match &hook.last_received {
                    Some(at) => (time(at)),
                    None => (request.texts().common.never),
                }
            }
        }
    }
}

/// State of a webhook, or the reason for a refusal, for people.
struct Shown<'a> {
    class: &'static str,
    icon: Icon,
    word: &'a str,
    help: Option<&'a str>,
}

impl<'a> Shown<'a> {
    fn of(texts: &'a SyncTexts, state: &'a str) -> Self {
        let (class, icon, word, help) = match state {
            "ok" => ("gh-ok", Icon::Done, texts.ok, None),
            "never" => ("gh-pending", Icon::Pending, texts.never, None),
            "silent" => (
                "gh-warning",
                Icon::Warning,
                texts.silent,
                Some(texts.silent_help),
            ),
            "wrong_signature" => {
                let help = texts.wrong_signature_help;
                (
                    "gh-problem",
                    Icon::Failed,
                    texts.wrong_signature,
                    Some(help),
                )
            }
            "unsigned" => (
                "gh-problem",
                Icon::Failed,
                texts.unsigned,
                Some(texts.unsigned_help),
            ),
            "too_large" => (
                "gh-problem",
                Icon::Failed,
                texts.too_large,
                Some(texts.too_large_help),
            ),
            // A newer server may know more states.
            other => ("gh-warning", Icon::Info, other, None),
        };
        Self {
            class,
            icon,
            word,
            help,
        }
    }

    fn markup(&self) -> Markup {
        html! {
            span class={ "gh-status " (self.class) } { (icon(self.icon)) (self.word) }
        }
    }
}
