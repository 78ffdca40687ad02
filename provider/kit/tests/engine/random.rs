//! Random schemas, configurations and states, all grown from a row of bytes so that a failing case shrinks.

use kit::schema::{Attribute, Block, Keep, NestedBlock, Nesting, Presence};
use kit::{Number, Refinement, Type, Value};

/// A row of bytes that decides; when it has run out, the simplest choice is made.
pub struct Dice<'a> {
    bytes: std::slice::Iter<'a, u8>,
    filled: i64,
}

impl<'a> Dice<'a> {
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { bytes: bytes.iter(), filled: 0 }
    }

    pub fn roll(&mut self, sides: u8) -> u8 {
        self.bytes.next().copied().unwrap_or(0) % sides
    }

    pub fn one_in(&mut self, sides: u8) -> bool {
        self.roll(sides) == sides - 1
    }
}

/// A schema with up to four attributes and two kinds of block on each of `depth` floors.
pub fn block(dice: &mut Dice<'_>, depth: u8, in_set: bool) -> Block {
    let mut block = Block::new("Random.");
    for index in 0..=dice.roll(4) {
        block = block.attribute(attribute(dice, index, in_set));
    }
    for index in 0..if depth == 0 { 0 } else { dice.roll(3) } {
        let nesting = [Nesting::List, Nesting::Set, Nesting::Map, Nesting::Single][usize::from(dice.roll(4))];
        block = block.block(NestedBlock {
            name: format!("block{index}").into(),
            nesting,
            min: 0,
            max: u32::from(nesting == Nesting::Single),
            force_new: dice.one_in(6),
            block: self::block(dice, depth - 1, in_set || nesting == Nesting::Set),
        });
    }
    block
}

fn attribute(dice: &mut Dice<'_>, index: u8, in_set: bool) -> Attribute {
    let ty = ty(dice, in_set);
    let presence = match dice.roll(4) {
        0 => Presence::Required,
        1 => Presence::Optional,
        2 => Presence::Computed,
        _ => Presence::OptionalComputed,
    };
    // Two blocks of a set that become equal once all is known are one: what is computed there tells them apart.
    let tells_apart = in_set && matches!(presence, Presence::Computed | Presence::OptionalComputed);
    let ty = if tells_apart { Type::String } else { ty };
    let default = (presence == Presence::OptionalComputed && dice.one_in(3)).then(|| known(dice, &ty));
    let stored = in_set || matches!(presence, Presence::Computed | Presence::OptionalComputed);
    Attribute {
        default,
        force_new: dice.one_in(4),
        keep: [Keep::No, Keep::UnlessPlanned, Keep::Always][usize::from(dice.roll(3))],
        write_only: !stored && dice.one_in(4),
        late: dice.one_in(6),
        ..Attribute::new(format!("attr{index}"), "Random.", ty, presence)
    }
}

fn ty(dice: &mut Dice<'_>, in_set: bool) -> Type {
    match dice.roll(if in_set { 8 } else { 9 }) {
        0 | 1 => Type::String,
        2 => Type::Number,
        3 => Type::Bool,
        4 => Type::list(Type::String),
        5 => Type::set(Type::Number),
        6 => Type::map(Type::list(Type::String)),
        7 => Type::object([("x", Type::String), ("y", Type::Bool)]),
        _ => Type::Dynamic,
    }
}

/// What a user may have written for this schema, with unknown values if `unknown`.
pub fn config(dice: &mut Dice<'_>, block: &Block, unknown: bool) -> Value {
    let attributes = block.attributes.iter().map(|a| {
        let value = match a.presence {
            Presence::Computed => Value::Null,
            Presence::Required => maybe_unknown(dice, &a.ty, unknown),
            _ if dice.one_in(3) => Value::Null,
            _ => maybe_unknown(dice, &a.ty, unknown),
        };
        (a.name.to_string(), value)
    });
    let mut fields: Vec<(String, Value)> = attributes.collect();
    for nested in &block.blocks {
        let value = if unknown && dice.one_in(6) {
            Value::UNKNOWN
        } else {
            repeat(dice, nested, &mut |dice| config(dice, &nested.block, unknown))
        };
        fields.push((nested.name.to_string(), value));
    }
    Value::object(fields)
}

/// A state as it could be saved, however it came about.
pub fn state(dice: &mut Dice<'_>, block: &Block) -> Value {
    let attributes = block.attributes.iter().map(|a| {
        let absent = a.write_only || (a.presence != Presence::Required && dice.one_in(3));
        (a.name.to_string(), if absent { Value::Null } else { known(dice, &a.ty) })
    });
    let mut fields: Vec<(String, Value)> = attributes.collect();
    for nested in &block.blocks {
        let value = repeat(dice, nested, &mut |dice| state(dice, &nested.block));
        fields.push((nested.name.to_string(), value));
    }
    Value::object(fields)
}

fn repeat(dice: &mut Dice<'_>, nested: &NestedBlock, one: &mut dyn FnMut(&mut Dice<'_>) -> Value) -> Value {
    let count = dice.roll(4);
    match nested.nesting {
        Nesting::Single if count.is_multiple_of(2) => Value::Null,
        Nesting::Single => one(dice),
        Nesting::List => Value::List((0..count).map(|_| one(dice)).collect()),
        Nesting::Set => Value::set((0..count).map(|_| one(dice)).collect::<Vec<_>>()),
        Nesting::Map => Value::object((0..count).map(|i| (format!("label{i}"), one(dice)))),
    }
}

fn maybe_unknown(dice: &mut Dice<'_>, ty: &Type, unknown: bool) -> Value {
    let value = known(dice, ty);
    if !unknown || dice.one_in(2) {
        return value;
    }
    match (dice.roll(3), value) {
        (1, Value::List(mut elements)) if !elements.is_empty() => {
            elements[0] = Value::UNKNOWN;
            Value::List(elements)
        }
        (1, Value::Set(elements)) if !elements.is_empty() => {
            Value::set([Value::UNKNOWN, elements[0].clone()])
        }
        (2, Value::String(_)) => Value::Unknown(Some(
            Refinement { not_null: true, prefix: Some("a".into()), ..Refinement::default() }.into(),
        )),
        _ => Value::UNKNOWN,
    }
}

/// A known value of this type, from so few that equal ones are common.
pub fn known(dice: &mut Dice<'_>, ty: &Type) -> Value {
    match ty {
        Type::String => Value::string(["a", "b", "ab", ""][usize::from(dice.roll(4))]),
        Type::Number => Value::Number(Number::from(i64::from(dice.roll(3)))),
        Type::Bool => Value::Bool(dice.roll(2) == 1),
        Type::List(ty) => Value::List((0..dice.roll(3)).map(|_| known(dice, ty)).collect()),
        Type::Set(ty) => Value::set((0..dice.roll(3)).map(|_| known(dice, ty)).collect::<Vec<_>>()),
        Type::Map(ty) => Value::object((0..dice.roll(3)).map(|i| (format!("key{i}"), known(dice, ty)))),
        Type::Object(types) => Value::object(types.iter().map(|(n, ty)| (n.to_string(), known(dice, ty)))),
        Type::Tuple(types) => Value::List(types.iter().map(|ty| known(dice, ty)).collect()),
        Type::Dynamic => {
            let ty = [Type::String, Type::list(Type::Bool)][usize::from(dice.roll(2))].clone();
            let value = known(dice, &ty);
            Value::Dynamic(Box::new((ty, value)))
        }
    }
}

/// The configuration once everything in it is known.
pub fn resolved(dice: &mut Dice<'_>, block: &Block, config: &Value) -> Value {
    let Value::Map(_) = config else { return config.clone() };
    let mut fields = Vec::new();
    for a in &block.attributes {
        let value = match config.field(&a.name) {
            Value::Unknown(None) if a.presence != Presence::Required && dice.one_in(3) => Value::Null,
            value => filled(dice, &a.ty, value),
        };
        fields.push((a.name.to_string(), value));
    }
    for nested in &block.blocks {
        let value = match config.field(&nested.name) {
            Value::Unknown(_) => repeat(dice, nested, &mut |dice| self::config(dice, &nested.block, false)),
            Value::List(e) => Value::List(e.iter().map(|e| resolved(dice, &nested.block, e)).collect()),
            Value::Set(e) => {
                Value::set(e.iter().map(|e| resolved(dice, &nested.block, e)).collect::<Vec<_>>())
            }
            Value::Map(f) if nested.nesting == Nesting::Map => {
                Value::object(f.iter().map(|(label, e)| (label.clone(), resolved(dice, &nested.block, e))))
            }
            single => resolved(dice, &nested.block, single),
        };
        fields.push((nested.name.to_string(), value));
    }
    Value::object(fields)
}

/// The value with something known of this type wherever it is unknown: text and numbers that were never there before,
/// so that two elements of a set do not become one by chance.
fn filled(dice: &mut Dice<'_>, ty: &Type, value: &Value) -> Value {
    match (ty, value) {
        (Type::String, Value::Unknown(_)) => {
            dice.filled += 1;
            Value::string(format!("a{}", dice.filled))
        }
        (Type::Number, Value::Unknown(_)) => {
            dice.filled += 1;
            Value::Number(Number::from(1000 + dice.filled))
        }
        (Type::Object(types), Value::Unknown(_)) => {
            Value::object(types.iter().map(|(n, ty)| (n.to_string(), filled(dice, ty, &Value::UNKNOWN))))
        }
        (ty, Value::Unknown(_)) => known(dice, ty),
        (Type::List(ty), Value::List(e)) => Value::List(e.iter().map(|e| filled(dice, ty, e)).collect()),
        (Type::Set(ty), Value::Set(e)) => {
            Value::set(e.iter().map(|e| filled(dice, ty, e)).collect::<Vec<_>>())
        }
        (Type::Map(ty), Value::Map(f)) => {
            Value::object(f.iter().map(|(key, e)| (key.clone(), filled(dice, ty, e))))
        }
        _ => value.clone(),
    }
}

/// What an author might have made of a plan: the same, with everything known.
pub fn made(dice: &mut Dice<'_>, block: &Block, planned: &Value) -> Value {
    let Value::Map(_) = planned else { return planned.clone() };
    let mut fields = Vec::new();
    for a in &block.attributes {
        fields.push((a.name.to_string(), filled(dice, &a.ty, planned.field(&a.name))));
    }
    for nested in &block.blocks {
        let value = match planned.field(&nested.name) {
            Value::List(e) => Value::List(e.iter().map(|e| made(dice, &nested.block, e)).collect()),
            Value::Set(e) => Value::Set(e.iter().map(|e| made(dice, &nested.block, e)).collect()),
            Value::Map(f) if nested.nesting == Nesting::Map => {
                Value::object(f.iter().map(|(label, e)| (label.clone(), made(dice, &nested.block, e))))
            }
            single => made(dice, &nested.block, single),
        };
        fields.push((nested.name.to_string(), value));
    }
    Value::object(fields)
}
