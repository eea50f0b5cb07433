//! Reads the expressions of a query.
//!
//! Decides precedence: `OR`, `AND`, `NOT`, comparisons, `+ -`, `* / %`, sign, value. Nesting is bounded, so that no
//! query can exhaust the stack, here or when it is evaluated. Begin with [`Parser::expression`].

use serde_json::Value;

use super::QueryError;
use super::functions::{self, Function};
use super::parse::Parser;
use super::syntax::{Comparison, Expression, Operator};
use super::token::Token;

/// How deep expressions may be nested.
const DEPTH_LIMIT: usize = 40;

const COMPARISONS: [(&str, Comparison); 7] = [
    ("=", Comparison::Equal),
    ("!=", Comparison::Different),
    ("<>", Comparison::Different),
    ("<=", Comparison::LessOrEqual),
    (">=", Comparison::GreaterOrEqual),
    ("<", Comparison::Less),
    (">", Comparison::Greater),
];
const SUMS: [(&str, Operator); 2] = [("+", Operator::Add), ("-", Operator::Subtract)];
const PRODUCTS: [(&str, Operator); 3] =
    [("*", Operator::Multiply), ("/", Operator::Divide), ("%", Operator::Remainder)];

impl Parser {
    /// Reads one expression.
    pub(super) fn expression(&mut self) -> Result<Expression, QueryError> {
        self.nested(|parser| {
            parser.joined(
                "OR",
                |parser| parser.joined("AND", Self::negation, Expression::All),
                Expression::Any,
            )
        })
    }

    /// Runs `read` one level deeper.
    fn nested(
        &mut self,
        read: impl FnOnce(&mut Self) -> Result<Expression, QueryError>,
    ) -> Result<Expression, QueryError> {
        if self.depth == DEPTH_LIMIT {
            return Err(self.unexpected(&format!("an expression of at most {DEPTH_LIMIT} levels")));
        }
        self.depth += 1;
        let read = read(self);
        self.depth -= 1;
        read
    }

    /// One part, or several with `keyword` between.
    fn joined(
        &mut self,
        keyword: &str,
        part: impl Fn(&mut Self) -> Result<Expression, QueryError>,
        join: impl FnOnce(Vec<Expression>) -> Expression,
    ) -> Result<Expression, QueryError> {
        let first = part(self)?;
        if !self.peek().is(keyword) {
            return Ok(first);
        }
        let mut parts = vec![first];
        while self.accept_word(keyword) {
            parts.push(part(self)?);
        }
        Ok(join(parts))
    }

    fn negation(&mut self) -> Result<Expression, QueryError> {
        if self.accept_word("NOT") {
            return Ok(Expression::Not(Box::new(self.nested(Self::negation)?)));
        }
        self.comparison()
    }

    fn comparison(&mut self) -> Result<Expression, QueryError> {
        let left = self.sum()?;
        let comparison = COMPARISONS.into_iter().find(|(sign, _)| self.accept(sign));
        if let Some((_, comparison)) = comparison {
            return Ok(Expression::Compare(comparison, Box::new([left, self.sum()?])));
        }
        let not = self.peek().is("NIN");
        if !not && !self.peek().is("IN") {
            return Ok(left);
        }
        self.advance();
        let list = if self.accept("(") { self.items(")")? } else { self.sum()? };
        Ok(Expression::Member { not, sides: Box::new([left, list]) })
    }

    fn sum(&mut self) -> Result<Expression, QueryError> {
        self.arithmetic(&SUMS, |parser| parser.arithmetic(&PRODUCTS, Self::sign))
    }

    fn arithmetic(
        &mut self,
        operators: &[(&str, Operator)],
        part: impl Fn(&mut Self) -> Result<Expression, QueryError>,
    ) -> Result<Expression, QueryError> {
        let first = part(self)?;
        let mut rest = Vec::new();
        while let Some((_, operator)) = operators.iter().find(|(sign, _)| self.accept(sign)) {
            rest.push((*operator, part(self)?));
        }
        Ok(if rest.is_empty() { first } else { Expression::Arithmetic(Box::new(first), rest) })
    }

    fn sign(&mut self) -> Result<Expression, QueryError> {
        if self.accept("-") {
            return Ok(Expression::Negative(Box::new(self.nested(Self::sign)?)));
        }
        self.primary()
    }

    fn primary(&mut self) -> Result<Expression, QueryError> {
        if self.accept("(") {
            let inner = self.expression()?;
            self.expect(")")?;
            return Ok(inner);
        }
        if self.accept("[") {
            return self.items("]");
        }
        if let Some(value) = literal(self.peek()) {
            self.advance();
            return Ok(Expression::Literal(value));
        }
        if self.accept_word("undefined") {
            return Ok(Expression::Undefined);
        }
        match self.peek().clone() {
            Token::Word(name) if matches!(self.peek_second(), Token::Sign("(")) => self.call(&name),
            Token::Word(_) => self.attribute().map(Expression::Attribute),
            _ => Err(self.unexpected("a value")),
        }
    }

    /// Values with commas between, up to `end`: an array.
    fn items(&mut self, end: &str) -> Result<Expression, QueryError> {
        let items = if self.accept(end) {
            Vec::new()
        } else {
            let items = self.list(Self::expression)?;
            self.expect(end)?;
            items
        };
        Ok(Expression::Array(items))
    }

    fn call(&mut self, name: &str) -> Result<Expression, QueryError> {
        let function = functions::find(name).ok_or_else(|| {
            self.unexpected(&format!("a function of the query language ({})", functions::names()))
        })?;
        self.advance();
        let place = self.unexpected("the right number of arguments");
        self.expect("(")?;
        let Expression::Array(arguments) = self.items(")")? else {
            return Err(place);
        };
        check_count(function, arguments.len()).map_err(|message| QueryError { message, ..place })?;
        Ok(Expression::Call(function, arguments))
    }
}

fn check_count(function: &Function, count: usize) -> Result<(), String> {
    let (least, most) = function.arguments;
    if (least..=most).contains(&count) {
        return Ok(());
    }
    let wanted = match most {
        usize::MAX => format!("{least} or more"),
        _ if least == most => least.to_string(),
        _ => format!("{least} to {most}"),
    };
    Err(format!("{} has {wanted} arguments, not {count}", function.names[0]))
}

fn literal(token: &Token) -> Option<Value> {
    match token {
        Token::Text(text) => Some(Value::String(text.clone())),
        Token::Number(number) => Some(Value::Number(number.clone())),
        word if word.is("true") => Some(Value::Bool(true)),
        word if word.is("false") => Some(Value::Bool(false)),
        word if word.is("null") => Some(Value::Null),
        _ => None,
    }
}
