//! Conditions that Go's templates can decide: whether a job runs (`when`), whether an attribute is there.
//!
//! A template knows variables and little else, so that only a part of the language has a translation. What
//! has none gives `None`, and the caller says so; nothing is approximated.

use crate::hcl::syntax::{BinaryOp, Call, Expr, ExprKind, NamePath, Step, UnaryOp};
use crate::hcl::variables::Variable;
use crate::hcl::{Kind, Type, Value};

use super::super::super::Pack;

/// How many locals may stand for each other.
const MAX_LOCALS: usize = 32;

/// A condition over variables; each is written as the template names it: `storage.s3`.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Condition {
    Constant(bool),
    /// A bool is true.
    True(String),
    /// Nothing is given.
    Null(String),
    /// It is this string, bool or whole number.
    Equal(String, Value),
    /// A list has this string in it.
    Has(String, Value),
    Not(Box<Condition>),
    All(Vec<Condition>),
    Any(Vec<Condition>),
}

/// A variable, or a field inside of one.
pub(super) struct Place {
    /// As a template names it.
    pub path: String,
    /// What it is.
    pub ty: Type,
    /// Whether null is one of its usual values.
    pub nullable: bool,
}

/// The variable that a name means; a local counts if it is nothing but another name for one.
pub(super) fn place(pack: &Pack, path: &NamePath) -> Option<Place> {
    place_within(pack, path, MAX_LOCALS)
}

fn place_within(pack: &Pack, path: &NamePath, left: usize) -> Option<Place> {
    let mut steps = path.steps.iter().map(|step| match step {
        Step::Attr(name) => Some(&*name.value),
        Step::Index(..) => None,
    });
    let first = steps.next()??;
    match &*path.root.value {
        "var" if first == "name" => steps.next().is_none().then(|| Place {
            path: "name".to_owned(),
            ty: Type::String,
            nullable: true,
        }),
        "var" => {
            let variable = pack.variables.iter().find(|variable| &*variable.name.value == first)?;
            inside(of(variable), steps)
        }
        "local" => {
            let ExprKind::Name(other) = &bare(local(pack, first)?).kind else { return None };
            inside(place_within(pack, other, left.checked_sub(1)?)?, steps)
        }
        _ => None,
    }
}

fn of(variable: &Variable) -> Place {
    Place {
        path: variable.name.to_string(),
        ty: variable.value_type(),
        nullable: variable.default.as_ref().is_some_and(Value::is_null),
    }
}

fn inside<'s>(mut place: Place, steps: impl Iterator<Item = Option<&'s str>>) -> Option<Place> {
    for step in steps {
        let step = step?;
        let Type::Object(fields) = &place.ty else { return None };
        let field = fields.iter().find(|field| &*field.name == step)?;
        place = Place {
            path: format!("{}.{step}", place.path),
            ty: field.ty.clone(),
            nullable: field.optional && field.default.is_none(),
        };
    }
    Some(place)
}

/// A local of the pack.
pub(super) fn local<'p>(pack: &'p Pack, name: &str) -> Option<&'p Expr> {
    pack.locals.iter().find_map(|body| body.attribute(name)).map(|attribute| &attribute.expr)
}

/// Without parentheses around it.
fn bare(expr: &Expr) -> &Expr {
    match &expr.kind {
        ExprKind::Parens(inner) | ExprKind::Wrap(inner) => bare(inner),
        _ => expr,
    }
}

impl Condition {
    /// The same condition in a template, if there is one.
    pub fn of(pack: &Pack, expr: &Expr) -> Option<Condition> {
        Self::within(pack, expr, MAX_LOCALS)
    }

    fn within(pack: &Pack, expr: &Expr, left: usize) -> Option<Condition> {
        let inner = |expr: &Expr| Self::within(pack, expr, left);
        match &bare(expr).kind {
            ExprKind::Literal(literal) => literal.value().as_bool().map(Condition::Constant),
            ExprKind::Name(path) => match place(pack, path) {
                Some(Place { path, ty: Type::Bool, .. }) => Some(Condition::True(path)),
                Some(_) => None,
                None => Self::within(pack, whole_local(pack, path)?, left.checked_sub(1)?),
            },
            ExprKind::Unary(UnaryOp::Not, operand) => Some(Condition::Not(Box::new(inner(operand)?))),
            ExprKind::Binary(BinaryOp::And, parts) => {
                Some(Condition::All(parts.iter().map(inner).collect::<Option<_>>()?))
            }
            ExprKind::Binary(BinaryOp::Or, parts) => {
                Some(Condition::Any(parts.iter().map(inner).collect::<Option<_>>()?))
            }
            ExprKind::Binary(BinaryOp::Equal, parts) => Self::equal(pack, parts),
            ExprKind::Binary(BinaryOp::NotEqual, parts) => {
                Self::equal(pack, parts).map(|equal| Condition::Not(Box::new(equal)))
            }
            ExprKind::Call(call) if &*call.name.value == "contains" => Self::contains(pack, call),
            _ => None,
        }
    }

    fn equal(pack: &Pack, [left, right]: &[Expr; 2]) -> Option<Condition> {
        let (path, other) = match (&bare(left).kind, &bare(right).kind) {
            (ExprKind::Name(path), _) => (path, right),
            (_, ExprKind::Name(path)) => (path, left),
            _ => return None,
        };
        let place = place(pack, path)?;
        let value = constant(other)?;
        match (&value.kind, &place.ty) {
            (Kind::Null(_), _) => Some(Condition::Null(place.path)),
            (Kind::String(_), Type::String) | (Kind::Bool(_), Type::Bool) => {
                Some(Condition::Equal(place.path, value))
            }
            (Kind::Number(number), Type::Number) if number.to_i64().is_some() => {
                Some(Condition::Equal(place.path, value))
            }
            _ => None,
        }
    }

    fn contains(pack: &Pack, call: &Call) -> Option<Condition> {
        let [list, item] = call.args.as_slice() else { return None };
        let ExprKind::Name(path) = &bare(list).kind else { return None };
        let place = place(pack, path)?;
        let item = constant(item).filter(|item| item.as_str().is_some())?;
        match &place.ty {
            Type::List(element) | Type::Set(element) if **element == Type::String => {
                Some(Condition::Has(place.path, item))
            }
            _ => None,
        }
    }

    /// Whether it holds for these values.
    pub fn holds(&self, vars: &Value) -> bool {
        let value = |path: &str| path.split('.').try_fold(vars, |value, step| value.get(step));
        match self {
            Condition::Constant(known) => *known,
            Condition::True(path) => value(path).and_then(Value::as_bool) == Some(true),
            Condition::Null(path) => value(path).is_none_or(Value::is_null),
            Condition::Equal(path, other) => value(path) == Some(other),
            Condition::Has(path, item) => {
                value(path).and_then(Value::items).is_some_and(|items| items.contains(item))
            }
            Condition::Not(inner) => !inner.holds(vars),
            Condition::All(parts) => parts.iter().all(|part| part.holds(vars)),
            Condition::Any(parts) => parts.iter().any(|part| part.holds(vars)),
        }
    }

    /// As Go's templates write it.
    pub fn go(&self) -> String {
        let parts = |parts: &[Condition]| parts.iter().map(Condition::go).collect::<Vec<_>>().join(" ");
        match self {
            Condition::Constant(known) => known.to_string(),
            Condition::True(path) => variable(path),
            // The one variable that is `null` to us and empty to nomad-pack, which takes null for missing.
            Condition::Null(path) if path == "name" => format!("(not {})", variable(path)),
            Condition::Null(path) => format!("(kindIs \"invalid\" {})", variable(path)),
            Condition::Equal(path, other) => format!("(eq {} {})", variable(path), literal(other)),
            Condition::Has(path, item) => format!("(has {} {})", literal(item), variable(path)),
            Condition::Not(inner) => format!("(not {})", inner.go()),
            Condition::All(all) => format!("(and {})", parts(all)),
            Condition::Any(any) => format!("(or {})", parts(any)),
        }
    }

    /// The same condition where some variables have the values that they have now.
    pub fn folded(&self, is_fixed: &dyn Fn(&str) -> bool, vars: &Value) -> Condition {
        let folded = |part: &Condition| part.folded(is_fixed, vars);
        match self {
            Condition::True(path)
            | Condition::Null(path)
            | Condition::Equal(path, _)
            | Condition::Has(path, _)
                if is_fixed(path) =>
            {
                Condition::Constant(self.holds(vars))
            }
            Condition::Not(inner) => match folded(inner) {
                Condition::Constant(known) => Condition::Constant(!known),
                open => Condition::Not(Box::new(open)),
            },
            Condition::All(parts) => Condition::All(parts.iter().map(folded).collect()),
            Condition::Any(parts) => Condition::Any(parts.iter().map(folded).collect()),
            _ => self.clone(),
        }
    }
}

/// The expression of a local that is meant as a whole.
fn whole_local<'p>(pack: &'p Pack, path: &NamePath) -> Option<&'p Expr> {
    match (&*path.root.value, path.steps.as_slice()) {
        ("local", [Step::Attr(name)]) => local(pack, &name.value),
        _ => None,
    }
}

fn constant(expr: &Expr) -> Option<Value> {
    match &bare(expr).kind {
        ExprKind::Literal(literal) => Some(literal.value()),
        ExprKind::String(text) => Some(Value::string(text.clone())),
        _ => None,
    }
}

/// `(var "storage.s3" .)`.
pub(super) fn variable(path: &str) -> String {
    format!("(var {} .)", string(path))
}

fn literal(value: &Value) -> String {
    match &value.kind {
        Kind::String(text) => string(text),
        Kind::Number(number) => number.to_string(),
        Kind::Bool(value) => value.to_string(),
        _ => "nil".to_owned(),
    }
}

/// A string as Go writes it. JSON's escapes are among Go's.
pub(super) fn string(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}
