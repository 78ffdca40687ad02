//! What a task driver will refuse when the task starts: Nomad's servers do not look into `config`.

use crate::hcl::{Entry, Value};
use crate::source::{Diagnostic, Diagnostics, Severity};
use crate::tree::Attr;

use super::super::cursor::Cursor;
use super::super::grammar::{Body, Type, drivers::driver};
use super::super::read::read;
use super::{Dialect, Options, did_you_mean};

/// Checks the `config` of all tasks of a job.
pub(super) fn job(job: Cursor<'_>, options: Options, out: &mut Diagnostics) {
    let severity = if options.dialect == Dialect::Pack { Severity::Error } else { Severity::Warning };
    let groups = job.blocks_of("group").flat_map(|group| group.blocks_of("task"));
    for task in groups.chain(job.blocks_of("task")) {
        let Some(name) = task.text("driver").is() else { continue };
        let Some(body) = driver(&name) else { continue };
        let mut found = Vec::new();
        let config = task.block_of("config").unwrap_or(task);
        let attrs = if task.has("config") { config.block.free_form() } else { Vec::new() };
        let check = Check { driver: &name, config, out: &mut found };
        check.fields(body, &attrs);
        out.extend(found.into_iter().map(|finding| Diagnostic { severity, ..finding }));
    }
}

struct Check<'c> {
    driver: &'c str,
    config: Cursor<'c>,
    out: &'c mut Vec<Diagnostic>,
}

impl Check<'_> {
    fn fields(mut self, body: &'static Body, attrs: &[Attr]) {
        self.names(body, attrs);
    }

    fn names(&mut self, body: &'static Body, attrs: &[Attr]) {
        for attr in attrs {
            self.field(body, attr);
        }
        for def in body.attrs.iter().filter(|def| def.required) {
            let written = attrs.iter().any(|attr| &**attr.name == def.name && !attr.value.is_null());
            if !written {
                let message = format!("the {} driver needs `{}` in `config`", self.driver, def.name);
                self.out.push(self.config.error("driver-missing", message));
            }
        }
    }

    fn field(&mut self, body: &'static Body, attr: &Attr) {
        let name = &*attr.name.value;
        if name == "dynamic" {
            let message = "`dynamic` is not expanded in `config`: the driver gets a setting of that name";
            let finding = Diagnostic::error("driver-dynamic", message, attr.name.span);
            self.out.push(self.config.explain(finding).help("make a list: `mount = [for m in … : { … }]`"));
            return;
        }
        if let Some(def) = body.attr(name) {
            self.value(def.ty, attr);
            return;
        }
        let Some(slot) = body.block(name) else {
            let message = format!("the {} driver has no setting `{name}`", self.driver);
            let finding = Diagnostic::error("driver-setting", message, attr.name.span);
            self.out.push(self.config.explain(finding).maybe_help(did_you_mean(name, body.names())));
            return;
        };
        let items = attr.value.items().map_or_else(|| vec![attr.value.clone()], <[Value]>::to_vec);
        for item in items {
            match item.entries() {
                Some(entries) => self.names(slot.body, &entries.iter().map(as_attr).collect::<Vec<_>>()),
                None if item.first_unknown().is_some() || item.is_null() => {}
                None => self.value(Type::Maps, attr),
            }
        }
    }

    /// A string that exists only at run time may become anything there.
    fn value(&mut self, ty: Type, attr: &Attr) {
        if attr.value.as_str().is_some_and(|text| text.contains("${")) {
            return;
        }
        if let Err(problem) = read(ty, &attr.value) {
            let message = format!("the {} driver's `{}`: {problem}", self.driver, &*attr.name.value);
            self.out.push(self.config.place_at(attr, Diagnostic::error("driver-type", message, attr.expr)));
        }
    }
}

fn as_attr(entry: &Entry) -> Attr {
    Attr {
        name: crate::source::Spanned::new(entry.key.shared().clone(), entry.key_at),
        value: entry.value.clone(),
        expr: entry.value.at,
        literal_object: false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::jobspec::bare::{Inputs, read as read_file};
    use crate::source::SourceMap;

    fn found(driver: &str, config: &str, dialect: Dialect) -> Vec<String> {
        let sources = SourceMap::new();
        let text = format!(
            "job \"j\" {{\ngroup \"g\" {{\ntask \"t\" {{\ndriver = \"{driver}\"\nconfig {{\n{config}\n}}\n}}\n}}\n}}\n"
        );
        let file = sources.add("t.nomad.hcl", text);
        let (tree, findings) = read_file(&sources, file, &Inputs::default());
        assert!(!findings.has_errors(), "{}", findings.text(&sources));
        let mut out = Diagnostics::new();
        super::job(Cursor::top(&tree.blocks[0]), Options { dialect, ..Options::default() }, &mut out);
        out.iter().map(|one| format!("{} {}: {}", one.severity.word(), one.code, one.message)).collect()
    }

    #[test]
    fn settings_that_a_driver_has() {
        let right = "image = \"a:1\"\nports = [\"x\"]\nlabels {\na = 1\n}\nmount {\ntype = \"bind\"\nbind_options {\npropagation = \"rshared\"\n}\n}\nauth {\nusername = \"u\"\n}\ncap_add = \"${meta.caps}\"";
        assert_eq!(found("docker", right, Dialect::Nomad), [""; 0]);
        assert_eq!(
            found(
                "podman",
                "image = \"a:1\"\nentrypoint = \"x\"\nentrypoint = [\"x\"]"
                    .trim_end_matches("\nentrypoint = [\"x\"]"),
                Dialect::Nomad
            ),
            [""; 0]
        );
        assert_eq!(found("someone-elses", "whatever = 1", Dialect::Pack), [""; 0]);
    }

    #[test]
    fn settings_that_a_driver_does_not_have() {
        assert_eq!(
            found("docker", "image = \"a:1\"\npriviledged = true", Dialect::Nomad),
            ["warning driver-setting: the docker driver has no setting `priviledged`"]
        );
        assert_eq!(
            found("docker", "image = \"a:1\"\nmount {\nfrom = 1\n}", Dialect::Nomad),
            ["warning driver-setting: the docker driver has no setting `from`"]
        );
        assert_eq!(
            found("exec", "", Dialect::Pack),
            ["error driver-missing: the exec driver needs `command` in `config`"]
        );
        assert_eq!(
            found("exec", "command = \"a\"\nargs = \"b\"", Dialect::Pack),
            ["error driver-type: the exec driver's `args`: a list of strings is required, this is a string"]
        );
        assert_eq!(
            found("docker", "image = \"a:1\"\ndynamic \"mount\" {}", Dialect::Nomad),
            [
                "warning driver-dynamic: `dynamic` is not expanded in `config`: the driver gets a setting of that name"
            ]
        );
    }
}
