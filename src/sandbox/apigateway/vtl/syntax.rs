//! What a template consists of.

use std::rc::Rc;

/// A piece of a template.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Node {
    Text(String),
    Reference(Reference),
    Set(Reference, Expression),
    /// Conditions with their blocks, and the block of `#else`.
    If(Vec<(Expression, Vec<Node>)>, Vec<Node>),
    Foreach(String, Expression, Vec<Node>),
    /// A block that is rendered wherever its name is referred to.
    Define(String, Rc<[Node]>),
    Break,
    Stop,
}

/// `$name.member.method(...)[index]`
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Reference {
    pub name: String,
    pub steps: Vec<Step>,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Step {
    Member(String),
    Call(String, Vec<Expression>),
    Index(Expression),
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Expression {
    Null,
    Bool(bool),
    Whole(i64),
    Fraction(f64),
    /// In single quotes: as it stands.
    Text(String),
    /// In double quotes: a template of its own.
    Template(Vec<Node>),
    List(Vec<Expression>),
    Range(Box<Expression>, Box<Expression>),
    Map(Vec<(Expression, Expression)>),
    Reference(Reference),
    Not(Box<Expression>),
    Negative(Box<Expression>),
    Binary(Operator, Box<Expression>, Box<Expression>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operator {
    Or,
    And,
    Equal,
    Unequal,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Plus,
    Minus,
    Times,
    Divide,
    Modulo,
}
