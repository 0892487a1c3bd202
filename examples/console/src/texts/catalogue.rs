/// Declares the texts of a page with their English wording.
macro_rules! catalogue {
    (
        $(#[$doc:meta])*
        $name:ident { $($text:ident: $english:expr,)* }
        $(plural { $($plural:ident: ($one:expr, $other:expr),)* })?
    ) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq)]
        #[allow(missing_docs)] // The English wording says what each text is.
        pub struct $name {
            $(pub $text: &'static str,)*
            $($(pub $plural: $crate::texts::Plural,)*)?
        }

        impl $name {
            /// The English texts.
            pub const ENGLISH: Self = Self {
                $($text: $english,)*
                $($($plural: $crate::texts::Plural { one: $one, other: $other },)*)?
            };
        }
    };
}
pub(super) use catalogue;

/// Text with a number: `{count}` is replaced by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Plural {
    /// Text for the number 1.
    pub one: &'static str,
    /// Text for any other number.
    pub other: &'static str,
}

impl Plural {
    /// The text for a number.
    pub(crate) fn of(self, count: u64) -> String {
        let text = if count == 1 { self.one } else { self.other };
        text.replace("{count}", &count.to_string())
    }
}

/// Replaces `{name}` by its value. Values are not searched for further names.
pub(crate) fn fill(text: &str, values: &[(&str, &str)]) -> String {
    let mut filled = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        filled.push_str(before);
        let Some((name, behind)) = after.split_once('}') else {
            filled.push('{');
            rest = after;
            continue;
        };
        let value = values.iter().find(|(own, _)| *own == name);
        filled.push_str(value.map_or("", |(_, value)| value));
        rest = behind;
    }
    filled.push_str(rest);
    filled
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_filled_in_once() {
        let text = "{name} at {time}";
        let filled = fill(text, &[("name", "{time}"), ("time", "noon")]);
        assert_eq!(filled, "{time} at noon");
        assert_eq!(fill("a { b", &[]), "a { b");
        let plural = Plural {
            one: "1 push",
            other: "{count} pushes",
        };
        assert_eq!(
            (plural.of(1), plural.of(0)),
            ("1 push".into(), "0 pushes".into())
        );
    }
}
