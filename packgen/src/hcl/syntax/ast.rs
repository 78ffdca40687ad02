//! The syntax tree: what was written, and where. It can be shared between threads and evaluated many times.
//! Plain data, without anything that has to be built: that of built-in packs is a part of the program.

use crate::hcl::{Number, Text, Value};
use crate::lasting::{List, Node, Str};
use crate::source::Span;
use crate::tree::Name;

/// The content of a file or of a block, in the order of the text.
#[derive(Clone, Debug)]
pub struct Body {
    /// Attributes and blocks.
    pub items: List<Item>,
    /// From the first to the last byte.
    pub span: Span,
}

/// An attribute or a block.
#[derive(Clone, Debug)]
pub enum Item {
    /// `name = expression`.
    Attribute(Attribute),
    /// `type "label" { … }`.
    Block(BlockSyntax),
}

/// `name = expression`.
#[derive(Clone, Debug)]
pub struct Attribute {
    /// The name.
    pub name: Name,
    /// What is after the `=`.
    pub expr: Expr,
}

/// `type "label" { … }`.
#[derive(Clone, Debug)]
pub struct BlockSyntax {
    /// Its type.
    pub ty: Name,
    /// Its labels, quoted or bare.
    pub labels: List<Name>,
    /// What is between the braces.
    pub body: Body,
    /// Type and labels.
    pub header: Span,
    /// All of it.
    pub span: Span,
}

/// An expression.
#[derive(Clone, Debug)]
pub struct Expr {
    /// What it is.
    pub kind: ExprKind,
    /// Where it is.
    pub span: Span,
    /// How deep it is nested, itself included.
    pub(crate) height: u16,
}

/// What an expression is.
#[derive(Clone, Debug)]
pub enum ExprKind {
    /// `null`, `true`, `false` or a number.
    Literal(Literal),
    /// A string without any `${…}` or `%{…}`.
    String(Text),
    /// A string with some; the result is always a string.
    Template(List<Expr>),
    /// `"${…}"`, which keeps the type of what is inside.
    Wrap(Node<Expr>),
    /// `(…)`.
    Parens(Node<Expr>),
    /// A name and the constant steps after it: `var.a["b"]`.
    Name(NamePath),
    /// Constant steps into something that is no name: `f().a`.
    Steps(Node<Expr>, List<Step>),
    /// A step that has to be computed: `a[b]`; the span is that of the brackets.
    Index(Node<Expr>, Node<Expr>, Span),
    /// `source[*]…` or `source.*…`; the second expression is evaluated for each [`ExprKind::Element`].
    Splat(Node<Expr>, Node<Expr>),
    /// The element of the innermost splat.
    Element,
    /// A function call.
    Call(Call),
    /// `condition ? yes : no`, also as a directive.
    Conditional(Node<[Expr; 3]>),
    /// An operator between two expressions.
    Binary(BinaryOp, Node<[Expr; 2]>),
    /// An operator before an expression.
    Unary(UnaryOp, Node<Expr>),
    /// `[…]`.
    Tuple(List<Expr>),
    /// `{…}`.
    Object(List<ObjectItem>),
    /// `[for …]` or `{for …}`.
    For(Node<ForExpr>),
    /// `%{ for … }…%{ endfor }`: the turns of the loop, joined.
    Join(Node<ForExpr>),
}

/// What a literal stands for.
#[derive(Clone, Debug)]
pub enum Literal {
    /// A value.
    Value(Value),
    /// A number with a fraction or many digits, as it is written: what it becomes cannot be a part of the program.
    Decimal(Str, Span),
}

/// A name and the constant steps after it.
#[derive(Clone, Debug)]
pub struct NamePath {
    /// The name.
    pub root: Name,
    /// The steps.
    pub steps: List<Step>,
}

/// One constant step into a value.
#[derive(Clone, Debug)]
pub enum Step {
    /// `.name`.
    Attr(Name),
    /// `[3]`, `["a"]` or the old `.3`.
    Index(Node<Value>, Span),
}

impl Step {
    /// Where it is.
    pub fn span(&self) -> Span {
        match self {
            Step::Attr(name) => name.span,
            Step::Index(_, span) => *span,
        }
    }
}

/// `name(arguments…)`.
#[derive(Clone, Debug)]
pub struct Call {
    /// The name of the function.
    pub name: Name,
    /// The arguments.
    pub args: List<Expr>,
    /// Whether `...` spreads the last one.
    pub spread: bool,
}

/// One entry of `{…}`.
#[derive(Clone, Debug)]
pub struct ObjectItem {
    /// Its name.
    pub key: ObjectKey,
    /// Its value.
    pub value: Expr,
}

/// The name of an entry.
#[derive(Clone, Debug)]
pub enum ObjectKey {
    /// A bare word, taken as it is.
    Word(Text, Span),
    /// Anything else, to be evaluated.
    Expr(Node<Expr>),
}

/// A loop.
#[derive(Clone, Debug)]
pub struct ForExpr {
    /// Name for the key or index.
    pub key_name: Option<Str>,
    /// Name for the element.
    pub value_name: Str,
    /// What is looped over.
    pub collection: Expr,
    /// The key of each entry, if an object is made.
    pub key: Option<Expr>,
    /// Each element.
    pub value: Expr,
    /// Which elements are kept.
    pub condition: Option<Expr>,
    /// Whether `...` collects elements of the same key.
    pub group: bool,
}

/// An operator between two expressions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum BinaryOp {
    Or,
    And,
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Add,
    Subtract,
    Multiply,
    Divide,
    Modulo,
}

/// An operator before an expression.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum UnaryOp {
    Negate,
    Not,
}

impl Literal {
    /// The value.
    pub fn value(&self) -> Value {
        match self {
            Literal::Value(value) => value.clone(),
            // The parser has read it before, so that there is nothing to go wrong.
            Literal::Decimal(text, at) => {
                Value::number(Number::parse(text).unwrap_or(Number::ZERO)).with_at(*at)
            }
        }
    }
}

impl From<Value> for Literal {
    fn from(value: Value) -> Self {
        Literal::Value(value)
    }
}

impl Body {
    /// The attributes.
    pub fn attributes(&self) -> impl Iterator<Item = &Attribute> {
        self.items
            .iter()
            .filter_map(|item| if let Item::Attribute(attribute) = item { Some(attribute) } else { None })
    }

    /// The blocks.
    pub fn blocks(&self) -> impl Iterator<Item = &BlockSyntax> {
        self.items.iter().filter_map(|item| if let Item::Block(block) = item { Some(block) } else { None })
    }

    /// The attributes, taken out of it.
    pub fn into_attributes(self) -> impl Iterator<Item = Attribute> {
        self.items
            .into_vec()
            .into_iter()
            .filter_map(|item| if let Item::Attribute(attribute) = item { Some(attribute) } else { None })
    }

    /// The blocks, taken out of it.
    pub fn into_blocks(self) -> impl Iterator<Item = BlockSyntax> {
        self.items
            .into_vec()
            .into_iter()
            .filter_map(|item| if let Item::Block(block) = item { Some(block) } else { None })
    }

    /// The attribute of this name.
    pub fn attribute(&self, name: &str) -> Option<&Attribute> {
        self.attributes().find(|attribute| &**attribute.name == name)
    }
}

impl Expr {
    /// A call by itself, cut out of a larger expression.
    pub(crate) fn call(call: Call, span: Span) -> Expr {
        let height = call.args.iter().map(|arg| arg.height).max().unwrap_or(0).saturating_add(1);
        Expr { kind: ExprKind::Call(call), span, height }
    }

    /// An expression that was not written in the native syntax.
    pub(crate) fn made(kind: ExprKind, span: Span) -> Expr {
        Expr { kind, span, height: 1 }
    }

    /// Whether it is an object `{…}` without parentheses around it.
    pub fn is_object(&self) -> bool {
        matches!(self.kind, ExprKind::Object(_))
    }

    /// The bare word that it is, if it is one: `string` in `type = string`.
    pub fn as_word(&self) -> Option<&str> {
        match &self.kind {
            ExprKind::Name(path) if path.steps.is_empty() => Some(&path.root),
            _ => None,
        }
    }

    /// Calls `see` for every name path in it, with the names that loops bind at that place left out.
    pub fn names<'a>(&'a self, see: &mut dyn FnMut(&'a NamePath, Span)) {
        self.walk(&mut Vec::new(), see);
    }

    fn walk<'a>(&'a self, bound: &mut Vec<&'a str>, see: &mut dyn FnMut(&'a NamePath, Span)) {
        match &self.kind {
            ExprKind::Name(path) if !bound.contains(&&**path.root) => see(path, self.span),
            ExprKind::Name(_) | ExprKind::Literal(_) | ExprKind::String(_) | ExprKind::Element => {}
            ExprKind::Template(parts) | ExprKind::Tuple(parts) => {
                for part in parts {
                    part.walk(bound, see);
                }
            }
            ExprKind::Wrap(inner)
            | ExprKind::Parens(inner)
            | ExprKind::Steps(inner, _)
            | ExprKind::Unary(_, inner) => {
                inner.walk(bound, see);
            }
            ExprKind::Index(left, right, _) | ExprKind::Splat(left, right) => {
                left.walk(bound, see);
                right.walk(bound, see);
            }
            ExprKind::Call(call) => call.args.iter().for_each(|arg| arg.walk(bound, see)),
            ExprKind::Conditional(parts) => parts.iter().for_each(|part| part.walk(bound, see)),
            ExprKind::Binary(_, parts) => parts.iter().for_each(|part| part.walk(bound, see)),
            ExprKind::Object(items) => items.iter().for_each(|item| item.walk(bound, see)),
            ExprKind::For(each) | ExprKind::Join(each) => each.walk(bound, see),
        }
    }
}

impl ObjectItem {
    fn walk<'a>(&'a self, bound: &mut Vec<&'a str>, see: &mut dyn FnMut(&'a NamePath, Span)) {
        if let ObjectKey::Expr(key) = &self.key {
            key.walk(bound, see);
        }
        self.value.walk(bound, see);
    }
}

impl ForExpr {
    fn walk<'a>(&'a self, bound: &mut Vec<&'a str>, see: &mut dyn FnMut(&'a NamePath, Span)) {
        self.collection.walk(bound, see);
        let before = bound.len();
        bound.extend(self.key_name.as_deref());
        bound.push(&self.value_name);
        for part in self.key.iter().chain([&self.value]).chain(&self.condition) {
            part.walk(bound, see);
        }
        bound.truncate(before);
    }
}
