//! Documentation from the model's texts, made harmless: a description is a sentence, never markup or a doctest.

use dtdl::{Quantity, Texts};

/// The doc lines of an element: its texts, its unit, its name and place in the model.
pub(super) fn docs(
    texts: &Texts,
    quantity: Option<&Quantity>,
    what: &str,
    name: &str,
    place: &str,
) -> Vec<String> {
    let title = texts.display_name.preferred().map(harmless);
    let description = texts.description.preferred().map(harmless);
    let mut lines = Vec::new();
    match (title, description) {
        (Some(title), Some(description)) if !same(&title, &description) => {
            lines.push(sentence(&title));
            lines.push(String::new());
            lines.push(description);
        }
        (Some(text), _) | (None, Some(text)) => lines.push(sentence(&text)),
        (None, None) => lines.push(format!("The {what} `{name}`.")),
    }
    if let Some(comment) = texts.comment.as_deref() {
        lines.push(String::new());
        lines.push(harmless(comment));
    }
    if let Some(unit) = quantity.and_then(|quantity| quantity.unit.as_deref()) {
        lines.push(String::new());
        lines.push(format!("Unit: `{}`.", unit.replace('`', "")));
    }
    lines.push(String::new());
    lines.push(format!("Model: {what} `{}`, `{place}`", name.replace('`', "")));
    lines
}

/// One line without indentation, with everything escaped that Markdown could take for more than text.
fn harmless(text: &str) -> String {
    let mut line = String::with_capacity(text.len());
    for (index, word) in text.split_whitespace().enumerate() {
        if index > 0 {
            line.push(' ');
        }
        for letter in word.chars() {
            if "\\`*_[]<>#|~&".contains(letter) {
                line.push('\\');
            }
            line.push(letter);
        }
    }
    line
}

fn same(title: &str, description: &str) -> bool {
    title.trim_end_matches('.').eq_ignore_ascii_case(description.trim_end_matches('.'))
}

fn sentence(text: &str) -> String {
    if text.ends_with(['.', '!', '?']) { text.to_owned() } else { format!("{text}.") }
}

#[cfg(test)]
mod tests {
    use super::harmless;

    #[test]
    fn a_description_cannot_become_a_code_block_a_link_or_html() {
        assert_eq!(harmless("  ```rust\n    panic!()\n```"), "\\`\\`\\`rust panic!() \\`\\`\\`");
        assert_eq!(harmless("see [std] and <b>"), "see \\[std\\] and \\<b\\>");
    }
}
