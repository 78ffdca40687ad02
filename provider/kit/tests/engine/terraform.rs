//! Terraform's half of the contract, written from the protocol's rules and not from the engine: what core refuses in an
//! answer. Where core cannot judge (sets), this is stricter than core.

use kit::schema::{Attribute, Block, NestedBlock, Nesting};
use kit::{Path, Step, Type, Value};

/// Everything that core would refuse in a plan.
pub fn plan_problems(block: &Block, prior: &Value, config: &Value, planned: &Value) -> Vec<String> {
    let mut problems = Vec::new();
    shape(block, planned, "", &mut problems);
    planned_block(block, [prior, config, planned], "", &mut problems);
    problems
}

type Problems = Vec<String>;

fn planned_block(block: &Block, [prior, config, planned]: [&Value; 3], at: &str, problems: &mut Problems) {
    if config.is_unknown() != planned.is_unknown() {
        problems
            .push(format!("{at}: planned {planned:?} for a block that is {config:?} in the configuration"));
    } else if config.is_null() != planned.is_null() {
        problems.push(format!("{at}: planned for absence but config wants existence, or the reverse"));
    } else if !config.is_null() && !config.is_unknown() {
        for a in &block.attributes {
            let [prior, config, planned] = [prior, config, planned].map(|v| v.field(&a.name));
            planned_attribute(a, [prior, config, planned], &format!("{at}.{}", a.name), problems);
        }
        for n in &block.blocks {
            let values = [prior, config, planned].map(|v| v.field(&n.name));
            planned_nested(n, values, &format!("{at}.{}", n.name), problems);
        }
    }
}

fn planned_attribute(
    a: &Attribute,
    [prior, config, planned]: [&Value; 3],
    at: &str,
    problems: &mut Problems,
) {
    let allowed = if a.write_only {
        planned.is_null()
    } else if config.is_null() {
        planned.is_null() || a.is_computed()
    } else {
        unrefined(planned) == unrefined(config) || (!prior.is_null() && planned == prior)
    };
    if !allowed {
        problems.push(format!("{at}: planned {planned:?}, config {config:?}, prior {prior:?}"));
    }
}

fn planned_nested(nested: &NestedBlock, values: [&Value; 3], at: &str, problems: &mut Problems) {
    let [prior, config, planned] = values;
    if nested.nesting == Nesting::Single || config.is_unknown() || planned.is_unknown() {
        return planned_block(&nested.block, values, at, problems);
    }
    match (config, planned) {
        (Value::List(config), Value::List(planned)) if config.len() == planned.len() => {
            for (i, (config, planned)) in config.iter().zip(planned).enumerate() {
                let prior = prior.elements().and_then(|p| p.get(i)).unwrap_or(&Value::Null);
                planned_block(&nested.block, [prior, config, planned], &format!("{at}.{i}"), problems);
            }
        }
        (Value::Map(config), Value::Map(planned)) if config.keys().eq(planned.keys()) => {
            for (label, config) in config {
                let values = [prior.field(label), config, &planned[label]];
                planned_block(&nested.block, values, &format!("{at}[{label}]"), problems);
            }
        }
        (Value::Set(config), Value::Set(planned)) if planned.len() <= config.len() => {
            let was: Vec<&Value> =
                prior.elements().unwrap_or_default().iter().chain([&Value::Null]).collect();
            let fits = |config: &Value, planned: &Value| {
                was.iter().any(|prior| {
                    let mut found = Vec::new();
                    planned_block(&nested.block, [prior, config, planned], "", &mut found);
                    found.is_empty()
                })
            };
            let both = planned.iter().all(|p| config.iter().any(|c| fits(c, p)))
                && config.iter().all(|c| planned.iter().any(|p| fits(c, p)));
            if !both {
                problems.push(format!("{at}: planned set {planned:?} does not come from {config:?}"));
            }
        }
        _ => problems
            .push(format!("{at}: the blocks in plan {planned:?} disagree with those in config {config:?}")),
    }
}

fn unrefined(value: &Value) -> Value {
    match value {
        Value::Unknown(_) => Value::UNKNOWN,
        Value::List(elements) => Value::List(elements.iter().map(unrefined).collect()),
        Value::Set(elements) => Value::Set(elements.iter().map(unrefined).collect()),
        Value::Map(fields) => Value::Map(fields.iter().map(|(k, v)| (k.clone(), unrefined(v))).collect()),
        other => other.clone(),
    }
}

/// What core would refuse in a value of this schema, whatever it is for: it has to have exactly the schema's shape.
pub fn shape(block: &Block, value: &Value, at: &str, problems: &mut Problems) {
    let Value::Map(fields) = value else {
        if !value.is_null() && !value.is_unknown() {
            problems.push(format!("{at}: {value:?} is no object"));
        }
        return;
    };
    let names: Vec<&str> = block.attributes.iter().map(|a| a.name.as_ref()).collect();
    let blocks: Vec<&str> = block.blocks.iter().map(|n| n.name.as_ref()).collect();
    let mut all = [names, blocks].concat();
    all.sort_unstable();
    if !all.iter().eq(fields.keys()) {
        problems.push(format!("{at}: has {:?}, the schema has {all:?}", fields.keys()));
    }
    for a in &block.attributes {
        if !is_of(&a.ty, value.field(&a.name)) {
            problems.push(format!("{at}.{}: {:?} is no {:?}", a.name, value.field(&a.name), a.ty));
        }
    }
    for n in &block.blocks {
        nested_shape(n, value.field(&n.name), &format!("{at}.{}", n.name), problems);
    }
}

fn nested_shape(nested: &NestedBlock, value: &Value, at: &str, problems: &mut Problems) {
    match (nested.nesting, value) {
        (_, Value::Unknown(_)) | (Nesting::Single, Value::Null) => {}
        (Nesting::Single, Value::Map(_)) => shape(&nested.block, value, at, problems),
        (Nesting::List, Value::List(e)) => e.iter().for_each(|e| shape(&nested.block, e, at, problems)),
        (Nesting::Set, Value::Set(e)) => {
            for e in e {
                shape(&nested.block, e, at, problems);
            }
            if *value != Value::set(e.clone()) {
                problems.push(format!("{at}: {value:?} is not in order"));
            }
        }
        (Nesting::Map, Value::Map(f)) => f.values().for_each(|e| shape(&nested.block, e, at, problems)),
        _ => problems.push(format!("{at}: {value:?} for blocks of {:?}", nested.nesting)),
    }
}

/// Whether a value is of this type.
pub fn is_of(ty: &Type, value: &Value) -> bool {
    match (ty, value) {
        (_, Value::Null | Value::Unknown(_))
        | (Type::String, Value::String(_))
        | (Type::Number, Value::Number(_))
        | (Type::Bool, Value::Bool(_)) => true,
        (Type::Dynamic, Value::Dynamic(typed)) => is_of(&typed.0, &typed.1),
        (Type::List(ty), Value::List(e)) | (Type::Set(ty), Value::Set(e)) => e.iter().all(|e| is_of(ty, e)),
        (Type::Map(ty), Value::Map(f)) => f.values().all(|e| is_of(ty, e)),
        (Type::Object(types), Value::Map(f)) => {
            types.len() == f.len()
                && types.iter().all(|(n, ty)| f.get(n.as_ref()).is_some_and(|v| is_of(ty, v)))
        }
        (Type::Tuple(types), Value::List(e)) => {
            types.len() == e.len() && types.iter().zip(e).all(|(ty, v)| is_of(ty, v))
        }
        _ => false,
    }
}

/// Whether `actual` keeps every promise of `planned`: what was known is equal, what was unknown may be anything.
pub fn keeps(planned: &Value, actual: &Value) -> bool {
    match (planned, actual) {
        (Value::Unknown(_), _) => true,
        (Value::List(p), Value::List(a)) => p.len() == a.len() && p.iter().zip(a).all(|(p, a)| keeps(p, a)),
        (Value::Map(p), Value::Map(a)) => {
            p.keys().eq(a.keys()) && p.values().zip(a.values()).all(|(p, a)| keeps(p, a))
        }
        (Value::Set(p), Value::Set(a)) => {
            a.len() <= p.len()
                && p.iter().all(|p| a.iter().any(|a| keeps(p, a)))
                && a.iter().all(|a| p.iter().any(|p| keeps(p, a)))
        }
        _ => planned == actual,
    }
}

/// Whether a path leads somewhere in a value of this schema, each step being of the right kind.
pub fn leads_somewhere(block: &Block, value: &Value, path: &Path) -> bool {
    let [Step::Field(name), rest @ ..] = path.0.as_slice() else { return path.0.is_empty() };
    let Some(inner) = value.fields().and_then(|f| f.get(name)) else { return false };
    if let Some(attribute) = block.attributes.iter().find(|a| a.name == *name) {
        return leads_into(&attribute.ty, inner, rest);
    }
    let Some(nested) = block.blocks.iter().find(|n| n.name == *name) else { return false };
    let further = |value: Option<&Value>, rest: &[Step]| {
        value.is_some_and(|value| leads_somewhere(&nested.block, value, &Path(rest.to_vec())))
    };
    match (nested.nesting, rest) {
        (_, []) => true,
        (Nesting::Single, rest) => further(Some(inner), rest),
        (Nesting::List, [Step::Index(i), rest @ ..]) => {
            further(inner.elements().and_then(|e| e.get(*i)), rest)
        }
        (Nesting::Map, [Step::Key(k), rest @ ..]) => further(inner.fields().and_then(|f| f.get(k)), rest),
        _ => false,
    }
}

fn leads_into(ty: &Type, value: &Value, steps: &[Step]) -> bool {
    let (found, ty, rest) = match (ty, steps) {
        (_, []) => return true,
        (Type::List(ty), [Step::Index(i), rest @ ..]) => {
            (value.elements().and_then(|e| e.get(*i)), &**ty, rest)
        }
        (Type::Map(ty), [Step::Key(k), rest @ ..]) => (value.fields().and_then(|f| f.get(k)), &**ty, rest),
        (Type::Object(types), [Step::Field(k), rest @ ..]) => match types.get(k.as_str()) {
            Some(ty) => (value.fields().and_then(|f| f.get(k)), ty, rest),
            None => return false,
        },
        _ => return false,
    };
    found.is_some_and(|value| leads_into(ty, value, rest))
}
