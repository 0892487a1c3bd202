//! Console of the Greenhouse integration: settings, activity and help for recruiters and admins.
//!
//! [`Console`] renders HTML pages and needs no web framework. `axum_host::console` and
//! `warp_host::console` mount it:
//!
//! ```text
//! let app = Router::new().nest("/settings/greenhouse", axum_host::console(&greenhouse, account_of_session));
//! ```
//!
//! Every page works without JavaScript. A page of your own can embed single pieces instead:
//!
//! ```html
//! <script type="module" src="/settings/greenhouse/embed.js"></script>
//! <greenhouse-settings src="/settings/greenhouse"></greenhouse-settings>
//! <greenhouse-activity src="/settings/greenhouse"></greenhouse-activity>
//! <greenhouse-push src="/settings/greenhouse" assessment="asm-2"></greenhouse-push>
//! ```
//!
//! # How it is built
//!
//! | module | contents |
//! |---|---|
//! | `api` | the operator endpoints, called in this process |
//! | `pages` | one module for each page: reads, forms and markup |
//! | `parts` | markup that several pages share |
//! | `layout` | the document around a page |
//! | [`texts`] | every text of the pages |
//! | `assets` | the style sheet and the script |

mod api;
mod assets;
mod console;
mod context;
mod cross_site;
mod describe;
mod draft;
mod form;
mod help;
mod layout;
mod pages;
mod parts;
mod request;
mod response;
pub mod texts;

pub use self::{
    console::Console,
    describe::{Describe, Description},
    layout::Layout,
    request::MountPath,
};
