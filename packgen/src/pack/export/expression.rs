//! An expression written anew from its syntax, with names replaced: for template files, whose text becomes
//! a part of a jobspec and so has to name what it is given by other names.
//!
//! What it writes is read back as an expression with the same value; comments and layout are lost.

use crate::hcl::quote::{References, key, quoted};
use crate::hcl::syntax::{
    BinaryOp, Call, Expr, ExprKind, ForExpr, NamePath, ObjectItem, ObjectKey, Step, UnaryOp,
};

use super::value;

/// What stands for a name; `None` leaves it as it is.
pub(super) type Rename<'r> = dyn Fn(&str) -> Option<String> + 'r;

/// A template as a string expression.
pub(super) fn template(expr: &Expr, rename: &Rename<'_>) -> String {
    let mut writer = Writer { rename, bound: Vec::new(), out: String::new() };
    match &expr.kind {
        ExprKind::String(_) | ExprKind::Template(_) => writer.expr(expr),
        _ => writer.quoted(std::slice::from_ref(expr)),
    }
    writer.out
}

struct Writer<'w> {
    rename: &'w Rename<'w>,
    /// Names that loops have taken.
    bound: Vec<String>,
    out: String,
}

impl Writer<'_> {
    fn expr(&mut self, expr: &Expr) {
        match &expr.kind {
            ExprKind::Literal(known) => self.out.push_str(&value::text(&known.value())),
            ExprKind::String(text) => self.out.push_str(&quoted(text, References::Escape)),
            ExprKind::Template(parts) => self.quoted(parts),
            ExprKind::Wrap(inner) | ExprKind::Parens(inner) => self.parens(inner),
            ExprKind::Name(path) => self.name(path),
            ExprKind::Steps(source, steps) => {
                self.source(source);
                for step in steps {
                    self.step(step);
                }
            }
            ExprKind::Index(source, at, _) => {
                self.source(source);
                self.out.push('[');
                self.expr(at);
                self.out.push(']');
            }
            // The parentheses end it: what follows is a step into the result, not into each element.
            ExprKind::Splat(source, each) => {
                self.out.push('(');
                self.source(source);
                self.out.push_str("[*]");
                self.expr(each);
                self.out.push(')');
            }
            ExprKind::Element => {}
            ExprKind::Call(call) => self.call(call),
            ExprKind::Conditional(parts) => self.conditional(parts),
            ExprKind::Binary(op, parts) => self.binary(*op, parts),
            ExprKind::Unary(op, operand) => {
                self.out.push_str(if *op == UnaryOp::Not { "(!" } else { "(-" });
                self.expr(operand);
                self.out.push(')');
            }
            ExprKind::Tuple(items) => self.listed('[', items, ']'),
            ExprKind::Object(items) => self.object(items),
            ExprKind::For(each) => self.for_loop(each),
            ExprKind::Join(each) => {
                self.out.push_str("join(\"\", ");
                self.for_loop(each);
                self.out.push(')');
            }
        }
    }

    /// A quoted template. One that is nothing but one `${…}` would not be a string: an empty one follows.
    fn quoted(&mut self, parts: &[Expr]) {
        self.out.push('"');
        for part in parts {
            if let ExprKind::String(text) = &part.kind {
                let quoted = quoted(text, References::Escape);
                self.out.push_str(quoted.get(1..quoted.len() - 1).unwrap_or_default());
            } else {
                self.out.push_str("${");
                self.expr(part);
                self.out.push('}');
            }
        }
        if matches!(parts, [only] if !matches!(only.kind, ExprKind::String(_))) {
            self.out.push_str("${\"\"}");
        }
        self.out.push('"');
    }

    fn name(&mut self, path: &NamePath) {
        let root = &*path.root.value;
        let other = if self.bound.iter().any(|name| name == root) { None } else { (self.rename)(root) };
        self.out.push_str(other.as_deref().unwrap_or(root));
        for step in &path.steps {
            self.step(step);
        }
    }

    fn step(&mut self, step: &Step) {
        match step {
            Step::Attr(name) => self.out.extend([".", &*name.value]),
            Step::Index(at, _) => self.out.extend(["[", &value::text(at), "]"]),
        }
    }

    /// What a step goes into.
    fn source(&mut self, expr: &Expr) {
        match expr.kind {
            ExprKind::Name(_)
            | ExprKind::Call(_)
            | ExprKind::Steps(..)
            | ExprKind::Index(..)
            | ExprKind::Splat(..)
            | ExprKind::Element
            | ExprKind::Tuple(_)
            | ExprKind::Object(_) => self.expr(expr),
            _ => self.parens(expr),
        }
    }

    fn parens(&mut self, expr: &Expr) {
        self.out.push('(');
        self.expr(expr);
        self.out.push(')');
    }

    fn call(&mut self, call: &Call) {
        self.out.push_str(&call.name.value);
        self.listed('(', &call.args, ')');
        if call.spread {
            self.out.insert_str(self.out.len() - 1, "...");
        }
    }

    fn listed(&mut self, open: char, items: &[Expr], close: char) {
        self.out.push(open);
        for (at, item) in items.iter().enumerate() {
            if at > 0 {
                self.out.push_str(", ");
            }
            self.expr(item);
        }
        self.out.push(close);
    }

    fn conditional(&mut self, parts: &[Expr; 3]) {
        let [condition, yes, no] = parts;
        for (before, part) in [("(", condition), (" ? ", yes), (" : ", no)] {
            self.out.push_str(before);
            self.expr(part);
        }
        self.out.push(')');
    }

    fn binary(&mut self, op: BinaryOp, [left, right]: &[Expr; 2]) {
        self.out.push('(');
        self.expr(left);
        self.out.extend([" ", sign(op), " "]);
        self.expr(right);
        self.out.push(')');
    }

    fn object(&mut self, items: &[ObjectItem]) {
        self.out.push('{');
        for (at, item) in items.iter().enumerate() {
            self.out.push_str(if at > 0 { ", " } else { " " });
            match &item.key {
                ObjectKey::Word(word, _) => self.out.push_str(&key(word)),
                ObjectKey::Expr(expr) => self.parens(expr),
            }
            self.out.push_str(" = ");
            self.expr(&item.value);
        }
        self.out.push_str(if items.is_empty() { "}" } else { " }" });
    }

    fn for_loop(&mut self, each: &ForExpr) {
        self.out.push_str(if each.key.is_some() { "{for " } else { "[for " });
        if let Some(name) = &each.key_name {
            self.out.extend([&**name, ", "]);
        }
        self.out.extend([&*each.value_name, " in "]);
        self.expr(&each.collection);
        self.out.push_str(" : ");
        let before = self.bound.len();
        self.bound.extend(each.key_name.as_deref().map(str::to_owned));
        self.bound.push(each.value_name.to_string());
        if let Some(key) = &each.key {
            self.expr(key);
            self.out.push_str(" => ");
        }
        self.expr(&each.value);
        if each.group {
            self.out.push_str("...");
        }
        if let Some(condition) = &each.condition {
            self.out.push_str(" if ");
            self.expr(condition);
        }
        self.bound.truncate(before);
        self.out.push(if each.key.is_some() { '}' } else { ']' });
    }
}

fn sign(op: BinaryOp) -> &'static str {
    match op {
        BinaryOp::Or => "||",
        BinaryOp::And => "&&",
        BinaryOp::Equal => "==",
        BinaryOp::NotEqual => "!=",
        BinaryOp::Less => "<",
        BinaryOp::LessOrEqual => "<=",
        BinaryOp::Greater => ">",
        BinaryOp::GreaterOrEqual => ">=",
        BinaryOp::Add => "+",
        BinaryOp::Subtract => "-",
        BinaryOp::Multiply => "*",
        BinaryOp::Divide => "/",
        BinaryOp::Modulo => "%",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hcl::eval::{Dialect, Env};
    use crate::hcl::syntax::{parse_expression, parse_template};
    use crate::hcl::{Entry, Value};
    use crate::source::SourceMap;

    fn values() -> Value {
        let list = Value::tuple(vec!["a".into(), "b${c}".into(), Value::number(3)]);
        let object = Value::object(vec![Entry::new("k-1", true.into()), Entry::new("n", Value::null())]);
        Value::object(vec![
            Entry::new("list", list),
            Entry::new("object", object),
            Entry::new("text", "x \"y\" %{z} \n".into()),
        ])
    }

    fn plain(expr: &Expr, rename: &Rename<'_>) -> String {
        let mut writer = Writer { rename, bound: Vec::new(), out: String::new() };
        writer.expr(expr);
        writer.out
    }

    /// The value of a text where the names are, and that of the text written anew where they are in `own`.
    fn both(text: &str, as_template: bool) -> (String, Result<Value, String>, Result<Value, String>) {
        let sources = SourceMap::new();
        let file = sources.add("t", text);
        let parsed =
            if as_template { parse_template(&sources, file) } else { parse_expression(&sources, file) };
        let parsed = parsed.unwrap_or_else(|found| panic!("{}", found.text(&sources)));
        let mut env = Env::new(&sources, Dialect::Template);
        for entry in values().entries().unwrap() {
            env.define(entry.key.shared().clone(), entry.value.clone());
        }
        let before = env.scope().eval(&parsed).map_err(|finding| finding.message);
        let rename = |name: &str| values().get(name).map(|_| format!("own.{name}"));
        let written = if as_template { template(&parsed, &rename) } else { plain(&parsed, &rename) };
        let again = sources.add("again", written.as_str());
        let again = parse_expression(&sources, again)
            .unwrap_or_else(|found| panic!("{written}\n{}", found.text(&sources)));
        let mut env = Env::new(&sources, Dialect::Template);
        env.define("own", values());
        let after = env.scope().eval(&again).map_err(|finding| finding.message);
        (written, before, after)
    }

    #[test]
    fn expressions_mean_the_same() {
        for text in [
            "list[*]",
            "[for i, list in list : \"${i}-${list}\" if i != 1]",
            "{for k, v in object : k => v...}",
            "object[\"k-1\"] && !(1 > 2 || false) ? -(1 + 2) * 3 : list[1 - 1]",
            "[{ a = [1, null], (text) = 1.50, \"b c\" = 2 }].0",
            "[{ a = 1 }, { a = 2 }][*].a[0]",
            "[{ a = [1] }, { a = [2] }].*.a[1]",
            "concat([upper(text)], [list]...)",
            "\"${list[0]}\"",
            "[\"$${x}\", <<-EOT\n  a ${text}\n  %{~ if true }b%{ endif ~}\n  EOT\n]",
            "1 - (2 - 3)",
            "\"${\"${text}\"}\" == text",
        ] {
            let (written, before, after) = both(text, false);
            assert_eq!(before, after, "{text}\n{written}");
        }
    }

    #[test]
    fn templates_mean_the_same_and_stay_strings() {
        for text in [
            "",
            "${list[2]}",
            "${text}\n%{ for i, list in list ~}\n${i}: ${list}\n%{ endfor ~}\nend $${x} %%{y} \\ \"\n",
            "%{ if object.k-1 }yes%{ else }no%{ endif }",
            "%{ for x in [] }${x}%{ endfor }",
        ] {
            let (written, before, after) = both(text, true);
            let before =
                before.map(|value| crate::hcl::types::convert(&value, &crate::hcl::Type::String).unwrap());
            assert_eq!(before, after, "{text}\n{written}");
        }
    }
}
