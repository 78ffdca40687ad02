//! Holds what was made to what was planned: Terraform insists on every value that the plan knew.

use crate::value::Value;

use super::matching::matching;

/// What was made, with every planned value as it was planned.
pub(super) fn honour(planned: &Value, made: Value) -> Value {
    match (planned, made) {
        (Value::Unknown(_), made) => made,
        (planned, _) if planned.is_wholly_known() => planned.clone(),
        (Value::List(planned), Value::List(made)) if planned.len() == made.len() => {
            Value::List(planned.iter().zip(made).map(|(planned, made)| honour(planned, made)).collect())
        }
        (Value::Set(planned), Value::Set(made)) => Value::Set(honour_set(planned, made)),
        (Value::Map(planned), Value::Map(made)) => {
            let field = |(name, made)| match planned.get(&name) {
                Some(planned) => (name, honour(planned, made)),
                None => (name, made),
            };
            Value::Map(made.into_iter().map(field).collect())
        }
        (_, made) => made,
    }
}

/// Each element is held to the planned one that it was made of, as far as it can be told.
fn honour_set(planned: &[Value], made: Vec<Value>) -> Vec<Value> {
    let kept = matching(&made, planned, |made, planned| made_of(planned, made, Nulls::Kept));
    let mut left: Vec<&Value> = planned
        .iter()
        .enumerate()
        .filter(|(index, _)| !kept.contains(&Some(*index)))
        .map(|(_, p)| p)
        .collect();
    let hold = |(made, kept): (Value, Option<usize>)| {
        let broken = |planned: &&Value| kept.is_none() && made_of(planned, &made, Nulls::Filled);
        match left.iter().position(broken) {
            Some(index) => honour(left.remove(index), made),
            None => made,
        }
    };
    made.into_iter().zip(kept).map(hold).collect()
}

/// Whether what was planned as null has to have stayed so.
#[derive(Clone, Copy, PartialEq)]
enum Nulls {
    Kept,
    Filled,
}

fn made_of(planned: &Value, made: &Value, nulls: Nulls) -> bool {
    let one = |planned, made| made_of(planned, made, nulls);
    match (planned, made) {
        (Value::Unknown(_), _) => true,
        (Value::Null, _) => nulls == Nulls::Filled || made.is_null(),
        (Value::Map(planned), Value::Map(_)) => planned.iter().all(|(name, p)| one(p, made.field(name))),
        (Value::List(planned), Value::List(made)) => {
            planned.len() == made.len() && planned.iter().zip(made).all(|(planned, made)| one(planned, made))
        }
        (Value::Set(planned), Value::Set(made)) => {
            made.iter().all(|made| planned.iter().any(|planned| one(planned, made)))
        }
        _ => planned == made,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(port: Value, number: Value, note: Value) -> Value {
        Value::object([("port", port), ("number", number), ("note", note)])
    }

    #[test]
    fn elements_of_a_set_find_their_plan_in_any_order() {
        let (text, unknown, null) = (Value::string, Value::UNKNOWN, Value::Null);
        let planned = Value::set([
            rule(text("a"), unknown.clone(), null.clone()),
            rule(text("b"), unknown.clone(), text("mine")),
        ]);
        let made = Value::Set(vec![
            rule(text("b"), text("2"), text("mine")),
            rule(text("a"), text("1"), text("a default of the API")),
        ]);
        let expected =
            Value::Set(vec![rule(text("b"), text("2"), text("mine")), rule(text("a"), text("1"), null)]);
        assert_eq!(honour(&planned, made), expected);
    }
}
