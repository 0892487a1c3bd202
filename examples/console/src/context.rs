use std::sync::Arc;

use greenhouse_core::integration::Integration;

use crate::{Describe, Layout, texts::Texts};

/// The integration and the look of its pages.
#[derive(Clone)]
pub(crate) struct Context {
    pub(crate) greenhouse: Integration,
    pub(crate) layout: Arc<Layout>,
    pub(crate) describe: Option<Arc<dyn Describe>>,
    pub(crate) texts: &'static Texts,
}
