use maud::{Markup, html};

use super::View;
use crate::parts::{Tone, copy_value, notice};

/// The four addresses that Greenhouse calls.
pub(super) fn markup(view: &View<'_>) -> Markup {
    let (common, texts) = (
        &view.request.texts().common,
        &view.request.texts().assessments,
    );
    let Some(set_up) = &view.set_up else {
        return html! {};
    };
    let addresses = [
        ("list_tests", &set_up.list_tests),
        ("send_test", &set_up.send_test),
        ("test_status", &set_up.test_status),
        ("response_error", &set_up.response_error),
    ];
    html! {
        p { (texts.addresses_lead) }
        @if !set_up.list_tests.starts_with("https://") {
            (notice(Tone::Warning, &html! { p { (texts.https_required) } }))
        }
        table aria-labelledby="addresses-title" {
            thead { tr { th scope="col" { (texts.address_name) } th scope="col" { (texts.address) } } }
            tbody {
                @for (name, address) in addresses {
                    tr {
                        th scope="row" { code { (name) } }
                        td { (copy_value(common, name, address)) }
                    }
                }
            }
        }
    }
}
