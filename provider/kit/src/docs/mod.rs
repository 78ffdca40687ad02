//! The pages of the provider's documentation, made from its schemas in the layout of the Terraform Registry.
//!
//! Pure: who calls this reads the examples and writes the pages. The same registry gives the same bytes.

mod fields;
mod markdown;

use std::collections::BTreeMap;

use crate::engine::ResourceEngine;
use crate::function::{AnyFunction, Signature};
use crate::provider::Registry;

use markdown::{code, constraint, fenced, item, prose, quoted, summary};

/// Every page by its path below `docs/`. `example` gives the text of a file below `examples/`, if there is one:
///
/// | page | examples |
/// | --- | --- |
/// | `index.md` | `provider/provider.tf` |
/// | `resources/x.md` | `resources/<type>/resource.tf`, `import.sh`, `import.tf` |
/// | `data-sources/x.md` | `data-sources/<type>/data-source.tf` |
/// | `ephemeral-resources/x.md` | `ephemeral-resources/<type>/ephemeral-resource.tf` |
/// | `functions/x.md` | `functions/<name>/function.tf` |
pub fn pages(registry: &Registry, example: &dyn Fn(&str) -> Option<String>) -> BTreeMap<String, String> {
    let book = Book { registry, example };
    let mut pages = BTreeMap::from([("index.md".to_owned(), book.index())]);
    for resource in registry.resources {
        pages.insert(
            book.path("resources", resource.name()),
            book.resource(resource.name(), &ResourceEngine::new(*resource)),
        );
    }
    for source in registry.data_sources {
        let page =
            book.object("data-sources", "data-source", "Data Source", source.name(), &source.schema().block);
        pages.insert(book.path("data-sources", source.name()), page);
    }
    for ephemeral in registry.ephemerals {
        let (folder, file, kind) = ("ephemeral-resources", "ephemeral-resource", "Ephemeral Resource");
        let page = book.object(folder, file, kind, ephemeral.name(), &ephemeral.schema().block);
        pages.insert(book.path(folder, ephemeral.name()), page);
    }
    for function in registry.functions {
        pages.insert(book.path("functions", function.name()), book.function(*function));
    }
    pages
}

struct Book<'a> {
    registry: &'a Registry,
    example: &'a dyn Fn(&str) -> Option<String>,
}

impl Book<'_> {
    /// Where the page of an object is: its name without the provider's.
    fn path(&self, folder: &str, name: &str) -> String {
        let own = name.strip_prefix(self.registry.name()).and_then(|rest| rest.strip_prefix('_'));
        format!("{folder}/{}.md", own.unwrap_or(name))
    }

    fn index(&self) -> String {
        let name = self.registry.name();
        let block = self.registry.provider.schema().block;
        [
            head(&format!("{name} Provider"), self.registry.doc),
            format!("# {name} Provider\n\n{}\n", prose(self.registry.doc)),
            self.usage("provider/provider.tf"),
            format!("\n{}", fields::schema(&block)),
        ]
        .concat()
    }

    fn resource(&self, name: &str, engine: &ResourceEngine) -> String {
        let page = self.object("resources", "resource", "Resource", name, &engine.schema().block);
        page + &self.import(name)
    }

    fn object(
        &self,
        folder: &str,
        file: &str,
        kind: &str,
        name: &str,
        block: &crate::schema::Block,
    ) -> String {
        let deprecated = block.deprecated.as_deref();
        let deprecated = deprecated.map(|instead| format!("\n~> **Deprecated:** {}\n", prose(instead)));
        [
            head(&format!("{name} {kind} - {}", self.registry.name()), &block.doc),
            format!("# {name} ({kind})\n\n{}\n", prose(&block.doc)),
            deprecated.unwrap_or_default(),
            self.usage(&format!("{folder}/{name}/{file}.tf")),
            format!("\n{}", fields::schema(block)),
        ]
        .concat()
    }

    fn function(&self, function: &dyn AnyFunction) -> String {
        let (name, signature) = (function.name(), function.signature());
        [
            head(&format!("{name} Function - {}", self.registry.name()), &signature.doc),
            format!("# {name} (Function)\n\n{}\n", prose(&signature.doc)),
            self.usage(&format!("functions/{name}/function.tf")),
            format!("\n## Signature\n\n{}", fenced("text", &self.call(name, &signature))),
            arguments(&signature),
        ]
        .concat()
    }

    /// A call with types in the places of its arguments.
    fn call(&self, name: &str, signature: &Signature) -> String {
        let parameters = signature.parameters.iter().map(|p| format!("{} {}", p.name, constraint(&p.ty)));
        let parameters = parameters.collect::<Vec<_>>().join(", ");
        format!("provider::{}::{name}({parameters}) {}", self.registry.name(), constraint(&signature.output))
    }

    fn usage(&self, file: &str) -> String {
        let Some(text) = (self.example)(file) else { return String::new() };
        format!("\n## Example Usage\n\n{}", fenced("terraform", &text))
    }

    fn import(&self, name: &str) -> String {
        let command = (self.example)(&format!("resources/{name}/import.sh"))
            .map(|text| format!("\nOn the command line:\n\n{}", fenced("shell", &text)));
        let block = (self.example)(&format!("resources/{name}/import.tf"))
            .map(|text| format!("\nIn the configuration:\n\n{}", fenced("terraform", &text)));
        let ways: String = [block, command].into_iter().flatten().collect();
        if ways.is_empty() { ways } else { format!("\n## Import\n{ways}") }
    }
}

fn head(title: &str, doc: &str) -> String {
    let (title, description) = (quoted(title), summary(doc));
    format!("---\npage_title: {title}\nsubcategory: \"\"\ndescription: |-\n  {description}\n---\n\n")
}

fn arguments(signature: &Signature) -> String {
    if signature.parameters.is_empty() {
        return String::new();
    }
    let lines = signature.parameters.iter().map(|p| {
        let nullable = if Signature::allows_null(p) { ", Nullable" } else { "" };
        let checks = p.checks.iter().filter_map(|check| check.doc.as_deref().map(prose));
        let words = std::iter::once(prose(&p.doc)).chain(checks).collect::<Vec<_>>().join(" ");
        format!("1. {} ({}{nullable}) {}\n", code(&p.name), p.ty, item(&words))
    });
    format!("\n## Arguments\n\n{}", lines.collect::<String>())
}
