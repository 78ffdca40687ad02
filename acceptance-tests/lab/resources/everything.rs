//! A value of every type there is, echoed exactly.

use std::collections::{BTreeMap, BTreeSet};

use kit::check::dns_label;
use kit::{At, Attr, Block, Cx, Diagnostic, Number, Private, Resource, Result, State, Type, Value};

/// A value of every type, all of it in the state.
#[derive(Block)]
pub struct Everything {
    /// Text.
    pub text: Option<String>,
    /// Any number.
    pub number: Option<Number>,
    /// A whole number.
    pub whole: Option<i64>,
    /// A number with a range.
    pub port: Option<u16>,
    /// A number as computers have them.
    pub float: Option<f64>,
    /// Yes or no.
    pub flag: Option<bool>,
    /// Texts in order.
    pub texts: Option<Vec<Option<String>>>,
    /// Numbers without order.
    pub numbers: Option<BTreeSet<Number>>,
    /// Texts by name.
    pub labels: Option<BTreeMap<String, Option<String>>>,
    /// Names that can stand in host names.
    #[attr(check = dns_label)]
    pub names: Option<Vec<String>>,
    /// Such names by name.
    #[attr(check = dns_label)]
    pub aliases: Option<BTreeMap<String, String>>,
    /// Collections in a collection.
    pub groups: Option<BTreeMap<String, Vec<BTreeSet<String>>>>,
    /// One object.
    pub point: Option<Point>,
    /// Objects in order.
    pub points: Option<Vec<Point>>,
    /// Objects without order.
    pub corners: Option<BTreeSet<Corner>>,
    /// A fixed sequence of types.
    pub pair: Option<Pair>,
    /// Anything.
    pub anything: Option<Value>,
    /// Anything, several times over.
    pub many: Option<Vec<Value>>,
}

/// A point, whose label may be missing.
#[derive(Block)]
pub struct Point {
    /// Across.
    pub x: Number,
    /// Up.
    pub y: Number,
    /// What it is called.
    pub label: Option<String>,
}

/// A corner: something that can be told from others of its kind.
#[derive(Block, PartialEq, Eq, PartialOrd, Ord)]
pub struct Corner {
    /// Which one.
    pub name: String,
    /// How far it is, if that is known.
    pub distance: Option<i64>,
}

/// A text and a number, as a tuple: a type of which the kit knows nothing.
pub struct Pair(String, Number);

impl Attr for Pair {
    fn ty() -> Type {
        Type::Tuple(vec![Type::String, Type::Number])
    }

    fn decode(value: &Value, at: &At<'_>) -> Result<Self, Diagnostic> {
        match value.elements() {
            Some([text, number]) => {
                Ok(Self(Attr::decode(text, &at.index(0))?, Attr::decode(number, &at.index(1))?))
            }
            _ => Err(Diagnostic::invalid(at, "expected a text and a number")),
        }
    }

    fn encode(&self) -> Value {
        Value::List(vec![self.0.encode(), self.1.encode()])
    }
}

/// `lab_everything`
pub struct EverythingResource;

impl Resource for EverythingResource {
    type Model = Everything;
    const NAME: &'static str = "lab_everything";

    async fn create(&self, _: &Cx, planned: Everything, state: &mut State<'_, Everything>) -> Result<()> {
        state.record(&planned);
        Ok(())
    }

    async fn read(&self, _: &Cx, current: Everything, _: &mut Private) -> Result<Option<Everything>> {
        Ok(Some(current))
    }

    async fn update(
        &self,
        _: &Cx,
        _: Everything,
        planned: Everything,
        state: &mut State<'_, Everything>,
    ) -> Result<()> {
        state.record(&planned);
        Ok(())
    }

    async fn delete(&self, _: &Cx, _: Everything, _: &mut State<'_, Everything>) -> Result<()> {
        Ok(())
    }
}
