//! Rust for people: tokens as a formatted text, which may have comments and blank lines between items.

use proc_macro2::TokenStream;

use crate::{Outcome, fail};

/// The statement that [`formatted`] makes a comment of: tokens cannot hold any.
macro_rules! comment {
    ($text:expr) => {{
        let text = $text;
        quote::quote!(comment!(#text);)
    }};
}
pub(crate) use comment;

/// The text of a whole file.
pub(crate) fn plain(tokens: TokenStream) -> Result<String, Outcome> {
    parse(tokens).map(|file| prettyplease::unparse(&file))
}

/// The items of a text with a blank line between them and comments where [`comment!`] stood. Imports stand together.
pub(crate) fn formatted(tokens: TokenStream) -> Result<String, Outcome> {
    let mut text = String::new();
    let mut before_is_import = true;
    for item in parse(tokens)?.items {
        let is_import = matches!(item, syn::Item::Use(_));
        let stand_together = is_import && before_is_import;
        if !text.is_empty() && !stand_together {
            text.push('\n');
        }
        before_is_import = is_import;
        let file = syn::File { shebang: None, attrs: Vec::new(), items: vec![item], frontmatter: None };
        text.push_str(&prettyplease::unparse(&file));
    }
    Ok(commented(&text))
}

fn parse(tokens: TokenStream) -> Result<syn::File, Outcome> {
    syn::parse2(tokens).map_err(|error| {
        fail(&format!("the generated code is not Rust ({error}): this is a fault of the generator"))
    })
}

/// Comments, and blank lines between the methods of an `impl`.
fn commented(text: &str) -> String {
    let (mut result, mut before) = (String::new(), "");
    for line in text.lines() {
        let code = line.trim_start();
        let indent = line.len() - code.len();
        if before == "    }" && indent == 4 && (code.starts_with("///") || code.starts_with("async fn")) {
            result.push('\n');
        }
        match code.strip_prefix("comment!(\"").and_then(|rest| rest.strip_suffix("\");")) {
            Some(comment) => result.extend([&" ".repeat(indent), "// ", comment, "\n"]),
            None => result.extend([line, "\n"]),
        }
        before = line;
    }
    result
}
