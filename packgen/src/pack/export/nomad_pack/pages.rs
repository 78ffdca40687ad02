//! What people read in the exported pack: its metadata, its words after a run, its page.

use std::fmt::Write as _;

use crate::hcl::quote::{References, quoted};
use crate::hcl::syntax::{Expr, ExprKind, Step};
use crate::hcl::{Type, Value};
use crate::source::{Diagnostic, Diagnostics};

use super::super::super::Pack;
use super::super::value;
use super::condition::{local, place};
use super::piece::Piece;

/// `metadata.hcl`.
pub(super) fn metadata(pack: &Pack, name: &str) -> String {
    let manifest = &pack.manifest;
    let text = |text: &str| quoted(text, References::Escape);
    format!(
        "app {{\n  url = \"\"\n}}\n\npack {{\n  name        = {}\n  description = {}\n  version     = {}\n}}\n",
        text(name),
        text(&manifest.summary),
        text(&manifest.version)
    )
}

/// `outputs.tpl`: what the pack tells, as far as a template can say it.
pub(super) fn outputs(pack: &Pack, out: &mut Diagnostics) -> Vec<Piece> {
    let mut pieces = vec![Piece::Text(format!("{}\n", pack.manifest.summary))];
    for output in pack.manifest.outputs.iter().filter(|output| !output.sensitive) {
        let Some(words) = words(pack, &output.value) else {
            let message =
                format!("outputs.tpl leaves out {:?}: a template cannot say it", &*output.name.value);
            let finding = Diagnostic::warning("output-left-out", message, output.value.span);
            out.push(finding.help("a text of variables and the ids of jobs can be said"));
            continue;
        };
        pieces.push(Piece::Text(format!("\n{}: {}: ", &*output.name.value, output.description)));
        pieces.extend(words);
        pieces.push(Piece::Text("\n".to_owned()));
    }
    pieces
}

/// An expression as words with variables between them.
fn words(pack: &Pack, expr: &Expr) -> Option<Vec<Piece>> {
    match &expr.kind {
        ExprKind::Literal(known) => Some(vec![Piece::Text(value::text(&known.value()))]),
        ExprKind::String(text) => Some(vec![Piece::Text(text.as_str().to_owned())]),
        ExprKind::Parens(inner) | ExprKind::Wrap(inner) => words(pack, inner),
        ExprKind::Template(parts) => {
            let parts: Option<Vec<_>> = parts.iter().map(|part| words(pack, part)).collect();
            Some(parts?.concat())
        }
        ExprKind::Name(path) => {
            let steps: Vec<&str> = path
                .steps
                .iter()
                .map(|step| if let Step::Attr(name) = step { Some(&*name.value) } else { None })
                .collect::<Option<_>>()?;
            match (&*path.root.value, steps.as_slice()) {
                ("pack", ["ids", job]) => Some(vec![Piece::Id((*job).to_owned())]),
                ("pack", ["id"]) => match pack.manifest.jobs.as_slice() {
                    [only] => Some(vec![Piece::Id(only.name.to_string())]),
                    _ => None,
                },
                ("local", [name]) if place(pack, path).is_none() => words(pack, local(pack, name)?),
                _ => place(pack, path)
                    .filter(|place| matches!(place.ty, Type::Bool | Type::Number | Type::String))
                    .map(|place| vec![Piece::Words(place.path)]),
            }
        }
        _ => None,
    }
}

/// `README.md`.
pub(super) fn readme(pack: &Pack, name: &str, fixed: &[String], unset: &[String], vars: &Value) -> String {
    let flag = if unset.is_empty() { "" } else { " --allow-unset-vars" };
    let manifest = &pack.manifest;
    let mut out = format!("# {name}\n\n{}.\n", manifest.summary.trim_end_matches('.'));
    let _ = writeln!(
        out,
        "\nWritten by `packgen export nomad-pack` from the pack `{}` {}. Keep the folder's name, `{name}`: nomad-pack takes it for the pack's.\n\n```sh\nnomad-pack run ./{name}{flag}\n```",
        &*manifest.name.value, manifest.version
    );
    if fixed.iter().any(|fixed| fixed == "name") {
        out.push_str("\nIt can be run once in a namespace: its name is fixed.\n");
    } else {
        let _ = writeln!(
            out,
            "\nTo run it twice, give the second one a name: `nomad-pack run ./{name}{flag} --name second --var name=second`."
        );
    }
    if !unset.is_empty() {
        let _ = writeln!(
            out,
            "\n`--allow-unset-vars` is needed because these are null unless they are given: {}.",
            unset.join(", ")
        );
    }
    out.push_str("\nA map, a list or an object that is given replaces the default as a whole; on the command line an object needs all its fields.\n");
    if !fixed.is_empty() {
        out.push_str("\n## Fixed\n\nThese are the same in every run:\n\n");
        for name in fixed {
            let now = vars.get(name).map_or_else(|| "null".to_owned(), value::text);
            let _ = writeln!(out, "- `{name}` = `{now}`");
        }
    }
    if !manifest.secrets.is_empty() {
        out.push_str("\n## Secrets\n\nStore them before the first run; `<job>` is the job's id:\n\n```sh\n");
        for secret in &manifest.secrets {
            for job in &secret.jobs {
                let _ = writeln!(
                    out,
                    "nomad var put nomad/jobs/{} {}=…    # {}",
                    &*job.value,
                    secret.key,
                    secret.description.trim_end_matches('.')
                );
            }
        }
        out.push_str("```\n");
    }
    if !manifest.volumes.is_empty() {
        out.push_str("\n## Volumes\n\nThese host volumes must be there, unless a variable says that they are not used:\n\n");
        for volume in &manifest.volumes {
            let _ = writeln!(
                out,
                "- `{}` of the job `{}`: {}",
                &*volume.name.value,
                &*volume.job.value,
                volume.description.as_deref().unwrap_or("see the job")
            );
        }
    }
    out
}
