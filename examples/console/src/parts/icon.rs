use maud::{Markup, PreEscaped, html};

/// Icon. It is hidden from screen readers, because a word always stands beside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Icon {
    Done,
    Skipped,
    Pending,
    Failed,
    Warning,
    Info,
    External,
    ToGreenhouse,
    FromGreenhouse,
}

impl Icon {
    /// Path data in a box of 16 by 16.
    fn path(self) -> &'static str {
        match self {
            Self::Done => "M3 8.5 6.5 12 13 4.5",
            Self::Skipped => "M3 8h10",
            Self::Pending => "M8 2.5a5.5 5.5 0 1 0 0 11 5.5 5.5 0 1 0 0-11M8 5v3.5l2 1.5",
            Self::Failed => "M4 4l8 8M12 4l-8 8",
            Self::Warning => "M8 2 1.5 13.5h13zM8 6.5v3M8 11.5v.3",
            Self::Info => "M8 2a6 6 0 1 0 0 12A6 6 0 1 0 8 2M8 7v4M8 4.8v.3",
            Self::External => "M6 3H3v10h10v-3M9 3h4v4M13 3 7 9",
            Self::ToGreenhouse => "M3 8h9M8.5 4.5 12 8l-3.5 3.5",
            Self::FromGreenhouse => "M13 8H4M7.5 4.5 4 8l3.5 3.5",
        }
    }
}

pub(crate) fn icon(icon: Icon) -> Markup {
    html! {
        svg.gh-icon viewBox="0 0 16 16" width="16" height="16" aria-hidden="true" focusable="false" {
            (PreEscaped(format!("<path d=\"{}\"/>", icon.path())))
        }
    }
}
