//! Names in branches that were not taken: a typo there would show only on the day when they are.

use handlebars::Template;
use handlebars::template::{BlockParam, HelperTemplate, Parameter, TemplateElement};

use crate::hcl::Value;
use crate::hcl::types::nearest;
use crate::source::Diagnostics;

use super::path::{Path, Start};
use super::place::{At, Place};

/// Checks that every name at the top of a template is one of `vars`. Inside of `each` and `with` names mean
/// something else, which only running the template tells.
pub(super) fn check(template: &Template, vars: &Value, place: &Place) -> Result<(), Diagnostics> {
    let mut check = Check { vars, place, found: Diagnostics::new() };
    check.template(template, &mut Vec::new(), 0);
    if check.found.has_errors() { Err(check.found) } else { Ok(()) }
}

struct Check<'t> {
    vars: &'t Value,
    place: &'t Place,
    found: Diagnostics,
}

impl Check<'_> {
    fn template<'e>(&mut self, template: &'e Template, bound: &mut Vec<&'e str>, depth: usize) {
        for (at, element) in template.elements.iter().enumerate() {
            let at = template
                .mapping
                .get(at)
                .map_or(At::default(), |mapping| At { line: mapping.0, column: mapping.1 });
            match element {
                TemplateElement::Expression(tag) | TemplateElement::HtmlExpression(tag) => {
                    self.tag(tag, bound, depth, at);
                }
                TemplateElement::HelperBlock(block) => self.block(block, bound, depth, at),
                _ => {}
            }
        }
    }

    fn tag(&mut self, tag: &HelperTemplate, bound: &[&str], depth: usize, at: At) {
        if tag.params.is_empty() {
            self.name(&tag.name, bound, depth, at);
        }
        tag.params.iter().for_each(|param| self.name(param, bound, depth, at));
    }

    fn block<'e>(&mut self, block: &'e HelperTemplate, bound: &mut Vec<&'e str>, depth: usize, at: At) {
        block.params.iter().for_each(|param| self.name(param, bound, depth, at));
        let moves = matches!(block.name.as_name(), Some("each" | "with"));
        let before = bound.len();
        match &block.block_param {
            Some(BlockParam::Single(one)) => bound.extend(one.as_name()),
            Some(BlockParam::Pair((one, two))) => {
                bound.extend(one.as_name().into_iter().chain(two.as_name()));
            }
            _ => {}
        }
        if let Some(inner) = &block.template {
            self.template(inner, bound, depth + usize::from(moves));
        }
        bound.truncate(before);
        if let Some(inner) = &block.inverse {
            self.template(inner, bound, depth);
        }
    }

    fn name(&mut self, parameter: &Parameter, bound: &[&str], depth: usize, at: At) {
        if let Parameter::Subexpression(inner) = parameter
            && let TemplateElement::Expression(tag) = inner.as_element()
        {
            self.tag(tag, bound, depth, at);
            return;
        }
        let Some(raw) = parameter.as_name() else { return };
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
