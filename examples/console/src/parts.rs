//! Markup that several pages share.

mod copy;
mod fields;
mod icon;
mod notice;
mod problems;
mod time;

pub(crate) use self::{
    copy::{copy_list, copy_value},
    fields::{Choice, Field, checkbox, hidden, radio, save_bar, select, text_area, text_input},
    icon::{Icon, icon},
    notice::{Tone, notice},
    problems::{problem_list, problem_summary},
    time::time,
};
