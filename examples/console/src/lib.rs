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
//! `<greenhouse-settings>` opens the page in its attribute `tab`, such as `push`. By default, this
//! is `assessments`.
//!
//! The elements add nothing to the history of the browser, so its button Back leaves your page also
//! after a user has moved between the pages inside an element. A router keeps its own state in each
//! entry of the history, and treats a step to an entry of someone else as a navigation of its own:
//! it would render your page again, and the element with it. If Back should move between the
//! tabs, link to them from your page, and set `tab` when your router changes its address.
//!
//! A user whose session ends while a form is open keeps what was typed: see
//! [`Console::handle_streamed`].
//!
//! # A partner's app
//!
//! The redirect URI of a Greenhouse partner's app is `push/connection/callback` below the path at
//! which the console is mounted; the section of the Harvest credential shows it. Its query contains a
//! code: do not log it, and use [`Console::page_after_sign_in`] if the address of your sign-in page
//! contains the page to open.
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
