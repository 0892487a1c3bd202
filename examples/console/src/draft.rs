use crate::{api::Problem, form::Form};

/// Values of a form on a page: what the user has typed, or else what is stored. With the problems
/// of the last attempt to save.
///
/// The name of an input is the path of its settings member, such as `thresholds.yes`, so each
/// problem is shown at its field.
#[derive(Default)]
pub(crate) struct Draft<'a> {
    typed: Option<&'a Form>,
    problems: Vec<Problem>,
}

impl<'a> Draft<'a> {
    /// A form that was submitted and could not be saved.
    pub(crate) fn refused(typed: &'a Form, problems: Vec<Problem>) -> Self {
        let typed = Some(typed);
        Self { typed, problems }
    }

    /// A form that was submitted and has no problems yet, for a preview or a further question.
    pub(crate) fn typed(typed: &'a Form) -> Self {
        Self::refused(typed, Vec::new())
    }

    /// Value of a field: the typed one, or else `stored`.
    pub(crate) fn text(&self, name: &str, stored: impl Into<String>) -> String {
        let typed = self.typed.map(|form| form.get(name).unwrap_or_default());
        typed.map_or_else(|| stored.into(), str::to_owned)
    }

    /// Returns `true` if the checkbox is checked.
    pub(crate) fn is_checked(&self, name: &str, stored: bool) -> bool {
        self.typed.map_or(stored, |form| form.is_checked(name))
    }

    /// The submitted form. `None` if the page shows what is stored.
    pub(crate) fn form(&self) -> Option<&'a Form> {
        self.typed
    }

    /// Value of `data-guard` of the form: `kept` if the form shows what the user typed, which is not
    /// saved. The script then asks before the page is left.
    pub(crate) fn guard(&self) -> &'static str {
        if self.typed.is_some() { "kept" } else { "" }
    }

    /// [`guard`](Self::guard) of a form that has this field, beside other forms with the same draft.
    pub(crate) fn guard_of(&self, name: &str) -> &'static str {
        let is_own = self.typed.is_some_and(|form| form.get(name).is_some());
        if is_own { self.guard() } else { "" }
    }

    /// Problems of a field, and of the members below it.
    pub(crate) fn problems_of<'b>(&'b self, name: &'b str) -> impl Iterator<Item = &'b Problem> {
        let own = self.problems.iter();
        own.filter(move |problem| is_below(&problem.member, name))
    }

    /// Problems that belong to none of these fields. Shown at the top of the form.
    pub(crate) fn other_problems<'b>(
        &'b self,
        fields: &'b [&'b str],
    ) -> impl Iterator<Item = &'b Problem> {
        let all = self.problems.iter();
        all.filter(|problem| !fields.iter().any(|name| is_below(&problem.member, name)))
    }

    pub(crate) fn has_problems(&self) -> bool {
        !self.problems.is_empty()
    }
}

/// Returns `true` if `member` is `name` or below it: `jobs.sales.stage` is below `jobs.sales`.
pub(crate) fn is_below(member: &str, name: &str) -> bool {
    let rest = member.strip_prefix(name);
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_problem_belongs_to_its_field() {
        for (member, name, expected) in [
            ("thresholds.yes", "thresholds.yes", true),
            ("thresholds.yes", "thresholds", true),
            ("tags[1]", "tags", true),
            ("jobs.sales.stage", "jobs.sales", true),
            ("jobs.sales-2.stage", "jobs.sales", false),
            ("thresholds", "thresholds.yes", false),
            ("source", "tags", false),
        ] {
            assert_eq!(is_below(member, name), expected, "{member} {name}");
        }
    }
}
