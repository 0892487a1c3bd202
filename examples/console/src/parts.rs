//! Markup that several pages share.

mod confirm;
mod copy;
mod fields;
mod help_link;
mod icon;
mod notice;
mod problems;
mod secret_dialog;
mod time;

pub(crate) use self::{
    confirm::{Confirm, confirm},
    copy::{copy_list, copy_value},
    fields::{
        Choice, Field, SECRET, checkbox, hidden, radio, save_bar, select, switch, text_area,
        text_input,
    },
    help_link::{help_drawer, help_link},
    icon::{Icon, icon},
    notice::{Tone, notice},
    problems::{problem_list, problem_summary},
    secret_dialog::{NewSecret, secret_dialog},
    time::{time, with_times},
};
