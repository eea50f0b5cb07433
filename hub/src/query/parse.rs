//! Reads the clauses of a query.
//!
//! Decides their order and what each may hold; expressions are [`super::expression`]'s. Begin with [`parse`].

use std::collections::BTreeSet;

use super::QueryError;
use super::path::{Path, Step};
use super::syntax::{Aggregate, Collection, Column, Content, Query, Select};
use super::token::{Placed, Token, tokens};

/// Words that begin or join clauses and so name nothing unless a dot is before them.
const RESERVED: [&str; 16] = [
    "select", "top", "from", "where", "group", "by", "order", "as", "and", "or", "not", "in", "nin", "true",
    "false", "null",
];
const AGGREGATES: [(&str, Aggregate); 4] = [
    ("sum", Aggregate::Sum),
    ("avg", Aggregate::Average),
    ("min", Aggregate::Least),
    ("max", Aggregate::Greatest),
];

/// Reads tokens one after the other.
pub(super) struct Parser {
    tokens: Vec<Placed>,
    next: usize,
    /// How deep the present expression is nested.
    pub(super) depth: usize,
}

/// Reads a query.
pub(super) fn parse(text: &str) -> Result<Query, QueryError> {
    let mut parser = Parser { tokens: tokens(text)?, next: 0, depth: 0 };
    let query = parser.query()?;
    check_columns(&query).map_err(|message| QueryError::new(1, message))?;
    Ok(query)
}

impl Parser {
    /// The token that comes next; the last one stays.
    pub(super) fn peek(&self) -> &Token {
        self.tokens.get(self.next).map_or(&Token::End, |placed| &placed.token)
    }

    pub(super) fn peek_second(&self) -> &Token {
        self.tokens.get(self.next + 1).map_or(&Token::End, |placed| &placed.token)
    }

    pub(super) fn advance(&mut self) -> Token {
        let token = self.peek().clone();
        self.next = (self.next + 1).min(self.tokens.len());
        token
    }

    /// An error at the next token.
    pub(super) fn unexpected(&self, wanted: &str) -> QueryError {
        let at = self.tokens.get(self.next).or(self.tokens.last()).map_or(1, |placed| placed.at);
        QueryError::new(at, format!("{wanted} is expected, not {}", self.peek()))
    }

    pub(super) fn accept(&mut self, sign: &str) -> bool {
        let is_next = matches!(self.peek(), Token::Sign(next) if *next == sign);
        self.next += usize::from(is_next);
        is_next
    }

    pub(super) fn expect(&mut self, sign: &str) -> Result<(), QueryError> {
        if self.accept(sign) { Ok(()) } else { Err(self.unexpected(sign)) }
    }

    pub(super) fn accept_word(&mut self, keyword: &str) -> bool {
        let is_next = self.peek().is(keyword);
        self.next += usize::from(is_next);
        is_next
    }

    fn expect_word(&mut self, keyword: &str) -> Result<(), QueryError> {
        if self.accept_word(keyword) { Ok(()) } else { Err(self.unexpected(keyword)) }
    }

    fn query(&mut self) -> Result<Query, QueryError> {
        self.expect_word("SELECT")?;
        let top = self.top()?;
        let select = if self.accept("*") { Select::All } else { Select::Columns(self.list(Self::column)?) };
        self.expect_word("FROM")?;
        let from = self.collection()?;
        let condition = if self.accept_word("WHERE") { Some(self.expression()?) } else { None };
        let mut group_by = Vec::new();
        if self.accept_word("GROUP") {
            self.expect_word("BY")?;
            group_by = self.list(Self::attribute)?;
        }
        if self.peek().is("ORDER") {
            return Err(self.unexpected("the end (IoT Hub has no ORDER BY: sort what you get)"));
        }
        match self.peek() {
            Token::End => Ok(Query { select, top, from, condition, group_by }),
            _ => Err(self.unexpected("an operator, WHERE, GROUP BY or the end")),
        }
    }

    /// `TOP 5` or `TOP(5)`.
    fn top(&mut self) -> Result<Option<usize>, QueryError> {
        if !self.accept_word("TOP") {
            return Ok(None);
        }
        let bracket = self.accept("(");
        let count = match self.peek() {
            Token::Number(number) => number.as_u64().and_then(|count| usize::try_from(count).ok()),
            _ => None,
        };
        let count = count.ok_or_else(|| self.unexpected("a number of rows"))?;
        self.advance();
        if bracket {
            self.expect(")")?;
        }
        Ok(Some(count))
    }

    /// One or more of something, with commas between.
    pub(super) fn list<T>(
        &mut self,
        one: impl Fn(&mut Self) -> Result<T, QueryError>,
    ) -> Result<Vec<T>, QueryError> {
        let mut found = vec![one(self)?];
        while self.accept(",") {
            found.push(one(self)?);
        }
        Ok(found)
    }

    fn column(&mut self) -> Result<Column, QueryError> {
        let is_call = matches!(self.peek_second(), Token::Sign("("));
        let content = if is_call { self.aggregate()? } else { Content::Attribute(self.attribute()?) };
        let name = if self.accept_word("AS") {
            match self.advance() {
                Token::Word(name) | Token::Escaped(name) => name,
                _ => {
                    self.next -= 1;
                    return Err(self.unexpected("the name of a column"));
                }
            }
        } else {
            match &content {
                Content::Attribute(path) => path.last_name().to_owned(),
                // not the attribute's name, which another column may have
                Content::Aggregate(aggregate, _) => {
                    let name = AGGREGATES.iter().find(|(_, known)| known == aggregate).map(|(name, _)| *name);
                    name.unwrap_or_default().to_owned()
                }
                Content::Count => "count".to_owned(),
            }
        };
        Ok(Column { name, content })
    }

    fn aggregate(&mut self) -> Result<Content, QueryError> {
        if self.accept_word("COUNT") {
            self.expect("(")?;
            self.expect(")")?;
            return Ok(Content::Count);
        }
        let known = AGGREGATES.into_iter().find(|(name, _)| self.peek().is(name));
        let (_, aggregate) =
            known.ok_or_else(|| self.unexpected("an attribute or one of COUNT, SUM, AVG, MIN and MAX"))?;
        self.advance();
        self.expect("(")?;
        let path = self.attribute()?;
        self.expect(")")?;
        Ok(Content::Aggregate(aggregate, path))
    }

    fn collection(&mut self) -> Result<Collection, QueryError> {
        self.expect_word("devices")?;
        if !self.accept(".") {
            return Ok(Collection::Devices);
        }
        if self.peek().is("jobs") {
            return Err(self.unexpected("devices or devices.modules (this hub runs no jobs)"));
        }
        self.expect_word("modules")?;
        Ok(Collection::Modules)
    }

    /// An attribute's path, after `devices.` or `devices.modules.` where that is written out.
    pub(super) fn attribute(&mut self) -> Result<Path, QueryError> {
        let is_name = match self.peek() {
            Token::Word(word) => !RESERVED.iter().any(|reserved| word.eq_ignore_ascii_case(reserved)),
            _ => false,
        };
        if !is_name {
            return Err(self.unexpected("an attribute such as deviceId or tags.site"));
        }
        let mut steps = vec![self.name()?];
        loop {
            if self.accept(".") {
                steps.push(self.name()?);
            } else if self.accept("[") {
                steps.push(self.index()?);
                self.expect("]")?;
            } else {
                break;
            }
        }
        let named = |at: usize, name: &str, steps: &[Step]| {
            steps.len() > at + 1
                && matches!(&steps[at], Step::Name(found) if found.eq_ignore_ascii_case(name))
        };
        if named(0, "devices", &steps) {
            steps.remove(0);
            if named(0, "modules", &steps) {
                steps.remove(0);
            }
        }
        Ok(Path::new(steps))
    }

    fn name(&mut self) -> Result<Step, QueryError> {
        match self.peek().clone() {
            Token::Word(name) | Token::Escaped(name) => {
                self.advance();
                Ok(Step::Name(name))
            }
            _ => Err(self.unexpected("a name")),
        }
    }

    /// What is in brackets: `['name']` or `[0]`.
    fn index(&mut self) -> Result<Step, QueryError> {
        let step = match self.peek().clone() {
            Token::Text(name) => Some(Step::Name(name)),
            Token::Number(number) => {
                number.as_u64().and_then(|index| usize::try_from(index).ok()).map(Step::Index)
            }
            _ => None,
        };
        let step = step.ok_or_else(|| self.unexpected("a name in quotes or a place in an array"))?;
        self.advance();
        Ok(step)
    }
}

/// What a group has is what it was made by and what is made of all its documents.
fn check_columns(query: &Query) -> Result<(), String> {
    let Select::Columns(columns) = &query.select else {
        return if query.group_by.is_empty() {
            Ok(())
        } else {
            Err("SELECT * does not go with GROUP BY: name the columns".to_owned())
        };
    };
    let mut names = BTreeSet::new();
    if let Some(twice) = columns.iter().find(|column| !names.insert(&column.name)) {
        return Err(format!("two columns are called {:?}: give one another name with AS", twice.name));
    }
    let is_group = !query.group_by.is_empty()
        || columns.iter().any(|column| !matches!(column.content, Content::Attribute(_)));
    for column in columns.iter().filter(|_| is_group) {
        if let Content::Attribute(path) = &column.content
            && !query.group_by.contains(path)
        {
            return Err(format!("{} is neither in GROUP BY nor in an aggregate such as MAX", column.name));
        }
    }
    Ok(())
}
