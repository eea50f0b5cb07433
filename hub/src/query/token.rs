//! A query's text as tokens with their places.
//!
//! Decides what words, numbers, texts and signs are; it does not know their order. Begin with [`tokens`].

use std::fmt;
use std::iter::Peekable;
use std::str::Chars;

use serde_json::Number;

use super::{LENGTH_LIMIT, QueryError};

/// What a query is made of.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Token {
    /// A keyword, a function or an attribute.
    Word(String),
    /// An attribute's name in double brackets, which may hold any characters: `[[a name]]`.
    Escaped(String),
    Text(String),
    Number(Number),
    Sign(&'static str),
    End,
}

/// A token and the character it begins at, counted from 1.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Placed {
    pub(super) token: Token,
    pub(super) at: usize,
}

/// Every sign, longer ones before those they begin with.
const SIGNS: [&str; 18] =
    ["<=", ">=", "<>", "!=", "=", "<", ">", "(", ")", "[", "]", ",", ".", "*", "+", "-", "/", "%"];

impl fmt::Display for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Word(word) => f.write_str(word),
            Self::Escaped(name) => write!(f, "[[{name}]]"),
            Self::Text(text) => write!(f, "'{text}'"),
            Self::Number(number) => write!(f, "{number}"),
            Self::Sign(sign) => f.write_str(sign),
            Self::End => f.write_str("the end"),
        }
    }
}

impl Token {
    /// Whether it is this keyword, in any case of letters.
    pub(super) fn is(&self, keyword: &str) -> bool {
        matches!(self, Self::Word(word) if word.eq_ignore_ascii_case(keyword))
    }
}

/// The tokens of a text, the last one being [`Token::End`].
pub(super) fn tokens(text: &str) -> Result<Vec<Placed>, QueryError> {
    if text.chars().nth(LENGTH_LIMIT).is_some() {
        return Err(QueryError::new(
            LENGTH_LIMIT + 1,
            format!("a query has at most {LENGTH_LIMIT} characters"),
        ));
    }
    let mut reader = Reader { rest: text.chars().peekable(), at: 1 };
    let mut found: Vec<Placed> = Vec::new();
    loop {
        reader.skip(char::is_whitespace);
        let at = reader.at;
        let after_dot = matches!(found.last(), Some(Placed { token: Token::Sign("."), .. }));
        let token = reader.token(after_dot)?;
        let is_end = token == Token::End;
        found.push(Placed { token, at });
        if is_end {
            return Ok(found);
        }
    }
}

struct Reader<'a> {
    rest: Peekable<Chars<'a>>,
    at: usize,
}

impl Reader<'_> {
    fn next(&mut self) -> Option<char> {
        let next = self.rest.next()?;
        self.at += 1;
        Some(next)
    }

    fn skip(&mut self, part: impl Fn(char) -> bool) {
        while self.rest.next_if(|next| part(*next)).is_some() {
            self.at += 1;
        }
    }

    /// The characters from here on of which each is `part`.
    fn take(&mut self, part: impl Fn(char) -> bool) -> String {
        let mut taken = String::new();
        while let Some(next) = self.rest.next_if(|next| part(*next)) {
            self.at += 1;
            taken.push(next);
        }
        taken
    }

    fn token(&mut self, after_dot: bool) -> Result<Token, QueryError> {
        match self.rest.peek() {
            None => Ok(Token::End),
            Some(first) if first.is_alphabetic() || matches!(first, '_' | '$') => {
                Ok(Token::Word(self.take(|c| c.is_alphanumeric() || matches!(c, '_' | '$'))))
            }
            Some(first) if first.is_ascii_digit() => self.number(),
            Some(quote @ ('\'' | '"')) => {
                let quote = *quote;
                self.text(quote)
            }
            Some(_) => self.sign(after_dot),
        }
    }

    fn sign(&mut self, after_dot: bool) -> Result<Token, QueryError> {
        let at = self.at;
        let ahead: String = self.rest.clone().take(2).collect();
        if after_dot && ahead == "[[" {
            self.next();
            self.next();
            return self.escaped(at);
        }
        let Some(sign) = SIGNS.into_iter().find(|sign| ahead.starts_with(sign)) else {
            return Err(QueryError::new(
                at,
                format!(
                    "{:?} has no meaning here",
                    ahead.chars().next().unwrap_or(char::REPLACEMENT_CHARACTER)
                ),
            ));
        };
        for _ in sign.chars() {
            self.next();
        }
        Ok(Token::Sign(sign))
    }

    fn escaped(&mut self, at: usize) -> Result<Token, QueryError> {
        let name = self.take(|c| c != ']');
        if self.next() == Some(']') && self.next() == Some(']') && !name.is_empty() {
            return Ok(Token::Escaped(name));
        }
        Err(QueryError::new(at, "a name that begins with [[ ends with ]], and has a character between"))
    }

    fn number(&mut self) -> Result<Token, QueryError> {
        let at = self.at;
        let mut text = self.take(|c| c.is_ascii_alphanumeric() || c == '.');
        if text.ends_with(['e', 'E']) && !text.starts_with("0x") {
            text.extend(self.rest.next_if(|next| matches!(next, '+' | '-')).inspect(|_| self.at += 1));
            text.push_str(&self.take(|c| c.is_ascii_digit()));
        }
        let number = match text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")) {
            Some(digits) => i64::from_str_radix(digits, 16).ok().map(Number::from),
            None => match text.parse::<i64>() {
                Ok(whole) => Some(Number::from(whole)),
                Err(_) => text.parse::<f64>().ok().and_then(Number::from_f64),
            },
        };
        number.map(Token::Number).ok_or_else(|| QueryError::new(at, format!("{text} is not a number")))
    }

    fn text(&mut self, quote: char) -> Result<Token, QueryError> {
        let begin = self.at;
        self.next();
        let mut text = String::new();
        loop {
            let at = self.at;
            match self.next() {
                None => return Err(QueryError::new(begin, format!("the text has no {quote} at its end"))),
                Some(end) if end == quote => return Ok(Token::Text(text)),
                Some('\\') => text.push(self.escape().ok_or_else(|| {
                    QueryError::new(at, r#"the escapes in a text are \', \", \\ and \u with four hex digits"#)
                })?),
                Some(other) => text.push(other),
            }
        }
    }

    /// What follows a backslash.
    fn escape(&mut self) -> Option<char> {
        match self.next()? {
            plain @ ('\'' | '"' | '\\') => Some(plain),
            'u' => {
                let digits: Option<String> = (0..4).map(|_| self.next()).collect();
                let digits = digits.filter(|digits| digits.bytes().all(|b| b.is_ascii_hexdigit()))?;
                char::from_u32(u32::from_str_radix(&digits, 16).ok()?)
            }
            _ => None,
        }
    }
}
