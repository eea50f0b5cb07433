//! What a query is once it has been read.
//!
//! Plain data. Begin with [`Query`].

use serde_json::Value;

use super::functions::Function;
use super::path::Path;

/// A query.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Query {
    pub(super) select: Select,
    /// The most rows that are wanted.
    pub(crate) top: Option<usize>,
    /// What the documents are.
    pub(crate) from: Collection,
    pub(super) condition: Option<Expression>,
    pub(super) group_by: Vec<Path>,
}

/// Where the documents come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Collection {
    /// The twins of devices.
    Devices,
    /// The twins of modules.
    Modules,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Select {
    All,
    Columns(Vec<Column>),
}

/// A value of each row.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Column {
    pub(super) name: String,
    pub(super) content: Content,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Content {
    Attribute(Path),
    Count,
    Aggregate(Aggregate, Path),
}

/// What is made of many values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Aggregate {
    Sum,
    Average,
    Least,
    Greatest,
}

/// Something with a value. Its nesting is bounded: a chain of operators is one level.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Expression {
    Literal(Value),
    Undefined,
    Attribute(Path),
    Array(Vec<Expression>),
    Call(&'static Function, Vec<Expression>),
    Negative(Box<Expression>),
    Not(Box<Expression>),
    All(Vec<Expression>),
    Any(Vec<Expression>),
    Compare(Comparison, Box<[Expression; 2]>),
    /// Whether a value is in an array, or (`true`) not in it.
    Member {
        not: bool,
        sides: Box<[Expression; 2]>,
    },
    Arithmetic(Box<Expression>, Vec<(Operator, Expression)>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Comparison {
    Equal,
    Different,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operator {
    Add,
    Subtract,
    Multiply,
    Divide,
    Remainder,
}
