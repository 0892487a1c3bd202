//! The custom elements inside pages of a product.

mod elements;
mod host;
mod product_page;
mod react;

use std::{env, sync::Arc};

use libtest_mimic::{Completion, Trial};

use self::product_page::{FREE, HOSTILE, STRICT, TRUSTED_TYPES};
use crate::{chromedriver::program, pool::BrowserPool};

pub(crate) use self::host::Host;

pub(crate) fn trials(pool: &Arc<BrowserPool>) -> Vec<Trial> {
    let mut trials = vec![
        pool.trial(
            "embed::a_hostile_style_sheet_changes_nothing",
            elements::keep_their_look,
        ),
        pool.trial("embed::elements_are_accessible", elements::are_accessible),
    ];
    for (name, page) in [
        ("embed::elements_work", &FREE),
        (
            "embed::elements_work_beside_a_hostile_style_sheet",
            &HOSTILE,
        ),
        ("embed::elements_work_under_a_strict_policy", &STRICT),
        ("embed::elements_work_with_trusted_types", &TRUSTED_TYPES),
    ] {
        trials.push(pool.trial(name, move |browser| elements::work(browser, page)));
    }
    let name = "embed::elements_work_in_react";
    let is_required = env::var_os("REQUIRE_BROWSER").is_some();
    trials.push(match program("npm").is_some() || is_required {
        true => pool.trial(name, react::elements_work),
        false => Trial::ignorable_test(name, || {
            Ok(Completion::ignored_with("npm is not installed"))
        }),
    });
    trials
}
