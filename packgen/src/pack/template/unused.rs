//! Names in branches that were not taken: a typo there would show only on the day when they are.

use crate::hcl::Value;
use crate::hcl::types::nearest;
use crate::source::Diagnostics;

use super::path::{Path, Start};
use super::place::Place;
use super::tree::{At, Block, Element, Kind, Param};

/// Checks that every name at the top of a template is one of `vars`. Inside of `each` and `with` names mean
/// something else, which only running the template tells.
pub(super) fn check(template: &[Element], vars: &Value, place: &Place) -> Result<(), Diagnostics> {
    let mut check = Check { vars, place, found: Diagnostics::new() };
    check.all(template, &mut Vec::new(), 0);
    if check.found.has_errors() { Err(check.found) } else { Ok(()) }
}

struct Check<'t> {
    vars: &'t Value,
    place: &'t Place,
    found: Diagnostics,
}

impl Check<'_> {
    fn all<'e>(&mut self, elements: &'e [Element], bound: &mut Vec<&'e str>, depth: usize) {
        for element in elements {
            match &element.kind {
                Kind::Value { value, .. } => self.value(value, bound, depth, element.at),
                Kind::Block(block) => self.block(block, bound, depth, element.at),
                Kind::Text(_) | Kind::Foreign => {}
            }
        }
    }

    fn block<'e>(&mut self, block: &'e Block, bound: &mut Vec<&'e str>, depth: usize, at: At) {
        block.params.iter().for_each(|param| self.value(param, bound, depth, at));
        let moves = matches!(&*block.name, "each" | "with");
        let before = bound.len();
        bound.extend(block.names.iter().map(|name| &**name));
        self.all(&block.inner, bound, depth + usize::from(moves));
        bound.truncate(before);
        self.all(&block.otherwise, bound, depth);
    }

    fn value(&mut self, value: &Param, bound: &[&str], depth: usize, at: At) {
        match value {
            Param::Name(name) => self.name(name, bound, depth, at),
            Param::Call { values, .. } => values.iter().for_each(|value| self.value(value, bound, depth, at)),
            Param::Literal(_) | Param::Foreign => {}
        }
    }

    fn name(&mut self, raw: &str, bound: &[&str], depth: usize, at: At) {
        let path = Path::parse(raw);
        let top = path.start == Start::Root || (path.start == Start::This && path.up == depth);
        let Some(first) = path.steps.first().filter(|first| top && !bound.contains(&first.as_str())) else {
            return;
        };
        if self.vars.get(first).is_some() {
            return;
        }
        let known = self.vars.entries().unwrap_or_default().iter().map(|entry| entry.key.as_str());
        let close = nearest(first, known.clone()).map(|close| format!("did you mean `{close}`?"));
        let list = known.take(12).collect::<Vec<_>>().join(", ");
        let help = close.unwrap_or_else(|| {
            if list.is_empty() { "it is given nothing".to_owned() } else { format!("it is given {list}") }
        });
        self.found.push(
            self.place.error("unknown-name", format!("the template is given no `{first}`"), at).help(help),
        );
    }
}
