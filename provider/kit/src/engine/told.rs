//! What an author said, made ready for Terraform: warnings first, and every path in the steps of the schema.
//!
//! An author writes `pool.web.size`; only the schema knows that `web` is a label there and not a field.

use crate::context::Cx;
use crate::diagnostic::{Diagnostic, Result};
use crate::path::{Path, Step};
use crate::schema::{Block, NestedBlock, Nesting};
use crate::ty::Type;

/// What a verb came to, and everything that the user should hear about it.
pub(super) fn told<T>(block: &Block, cx: &Cx, outcome: Result<T>) -> (Option<T>, Vec<Diagnostic>) {
    let mut diagnostics = cx.take_warnings();
    let value = outcome.map_err(|failure| diagnostics.extend(failure.0)).ok();
    (value, located(block, diagnostics))
}

/// The same diagnostics, each with a path that Terraform can follow.
pub(super) fn located(block: &Block, mut diagnostics: Vec<Diagnostic>) -> Vec<Diagnostic> {
    for diagnostic in &mut diagnostics {
        diagnostic.path = diagnostic.path.take().map(|path| in_steps(block, &path));
    }
    diagnostics
}

/// The same path in the steps of the schema, as far as it leads: no step goes into a set or past what there is.
pub(super) fn in_steps(block: &Block, path: &Path) -> Path {
    let mut taken = Vec::new();
    in_block(block, &path.0, &mut taken);
    Path(taken)
}

fn in_block(block: &Block, steps: &[Step], taken: &mut Vec<Step>) {
    let [Step::Field(name), rest @ ..] = steps else { return };
    if let Some(attribute) = block.attributes.iter().find(|a| a.name == *name) {
        taken.push(Step::Field(name.clone()));
        in_type(&attribute.ty, rest, taken);
    } else if let Some(nested) = block.blocks.iter().find(|n| n.name == *name) {
        taken.push(Step::Field(name.clone()));
        in_nested(nested, rest, taken);
    }
}

fn in_nested(nested: &NestedBlock, steps: &[Step], taken: &mut Vec<Step>) {
    match (nested.nesting, steps) {
        (Nesting::Single, rest) => in_block(&nested.block, rest, taken),
        (Nesting::List, [Step::Index(index), rest @ ..]) => {
            taken.push(Step::Index(*index));
            in_block(&nested.block, rest, taken);
        }
        (Nesting::Map, [label, rest @ ..]) => {
            taken.push(key(label));
            in_block(&nested.block, rest, taken);
        }
        _ => {}
    }
}

fn in_type(ty: &Type, steps: &[Step], taken: &mut Vec<Step>) {
    match (ty, steps) {
        (Type::List(ty), [Step::Index(index), rest @ ..]) => {
            taken.push(Step::Index(*index));
            in_type(ty, rest, taken);
        }
        (Type::Map(ty), [label, rest @ ..]) => {
            taken.push(key(label));
            in_type(ty, rest, taken);
        }
        (Type::Object(types), [Step::Field(name), rest @ ..]) => {
            if let Some(ty) = types.get(name.as_str()) {
                taken.push(Step::Field(name.clone()));
                in_type(ty, rest, taken);
            }
        }
        _ => {}
    }
}

fn key(step: &Step) -> Step {
    Step::Key(match step {
        Step::Field(name) | Step::Key(name) => name.clone(),
        Step::Index(index) => index.to_string(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::{Attribute, Presence};

    #[test]
    fn a_dotted_path_gets_the_steps_of_the_schema() {
        let attribute = |name: &'static str, ty| Attribute::new(name, "x", ty, Presence::Optional);
        let pair = Type::object([("y", Type::String)]);
        let inner = Block::new("x").attribute(attribute("size", Type::Number));
        let nested = |name: &'static str, nesting| NestedBlock {
            name: name.into(),
            nesting,
            min: 0,
            max: 0,
            force_new: false,
            block: inner.clone(),
        };
        let block = Block::new("x")
            .attribute(attribute("tags", Type::map(Type::list(pair))))
            .block(nested("pool", Nesting::Map))
            .block(nested("disk", Nesting::List))
            .block(nested("rule", Nesting::Set));
        for (written, steps) in [
            ("tags.7.0.y", r#"tags["7"].0.y"#),
            ("pool.web.size", r#"pool["web"].size"#),
            ("pool.web.colour", r#"pool["web"]"#),
            ("disk.1.size", "disk.1.size"),
            ("disk.first.size", "disk"),
            ("rule.0.size", "rule"),
            ("nothing", ""),
        ] {
            assert_eq!(in_steps(&block, &Path::of(written)).to_string(), steps);
        }
    }
}
