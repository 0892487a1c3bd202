use maud::{Markup, html};
use serde_json::Value;

use super::section::Sections;
use crate::{draft::Draft, form::Form};

pub(super) async fn markup(_sections: &Sections<'_>, _draft: &Draft<'_>) -> Markup {
    html! {}
}

pub(super) fn change(_form: &Form, _settings: &mut Value) {}
