//! One job's template: when it runs, the variables, what it needs of the locals, the job.

use std::collections::BTreeSet;

use crate::hcl::quote::{References, key, quoted};
use crate::hcl::syntax::{Body, Expr, Item, Step};

use super::super::super::instance::MARK;
use super::super::super::{JobFile, Pack};
use super::super::rewrite::{each_expr, uses_pack};
use super::BOOKKEEPING;
use super::condition::Condition;
use super::follow::Follower;
use super::piece::Piece;

/// The parts of a job's template.
pub(super) fn job(mut follower: Follower<'_>, file: &JobFile) -> Vec<Piece> {
    let body = follower.job(&file.block.body);
    let needed = locals(&follower, file);
    let pack = follower.pack;
    let when = when(&mut follower, file);
    let always = when == Condition::Constant(true);
    let mut out = if always { Vec::new() } else { vec![Piece::If(when)] };
    out.push(Piece::Include("variables"));
    let uses_pack =
        uses_pack(std::iter::once(&file.block.body)) || needed.iter().any(|(_, expr)| says_pack(expr));
    if uses_pack || !needed.is_empty() {
        out.push(text("locals {\n"));
        if uses_pack {
            out.extend(about(&mut follower, file));
        }
        for (name, expr) in &needed {
            out.push(text(&format!("  {name} = ")));
            out.extend(follower.expr(expr));
            out.push(text("\n"));
        }
        out.push(text("}\n\n"));
    }
    out.extend([text("job \""), Piece::Id(file.name.to_string()), text("\" {\n")]);
    out.extend(meta(&mut follower, pack, file));
    out.extend(trimmed(body));
    out.push(text("}\n"));
    if !always {
        out.push(Piece::End);
    }
    out
}

fn text(text: &str) -> Piece {
    Piece::Text(text.to_owned())
}

/// Whether the job runs, as the template decides it.
fn when(follower: &mut Follower<'_>, file: &JobFile) -> Condition {
    let entry = follower.pack.manifest.job(&file.name.value);
    let Some(expr) = entry.and_then(|entry| entry.when.as_ref()) else { return Condition::Constant(true) };
    if let Some(condition) = Condition::of(follower.pack, expr) {
        return condition;
    }
    let behind = follower.behind(expr);
    if !behind.is_empty() {
        let what = "nomad-pack cannot decide this `when`".to_owned();
        let help = "it can compare a variable with a constant, look for a text in a list (`contains`), and join such conditions";
        follower.cannot(what, help, expr.span, &behind);
    }
    let now = follower.env.scope().eval(expr).ok().and_then(|value| value.as_bool());
    Condition::Constant(now.unwrap_or(false))
}

/// The locals that a job needs, in the order in which they are written.
fn locals<'p>(follower: &Follower<'p>, file: &'p JobFile) -> Vec<(String, &'p Expr)> {
    let mut needed: BTreeSet<String> = BTreeSet::new();
    let mut open: Vec<&Expr> = Vec::new();
    each_expr(&file.block.body, &mut |expr| open.push(expr));
    let all: Vec<(String, &Expr)> = follower
        .pack
        .locals
        .iter()
        .chain(&file.locals)
        .flat_map(Body::attributes)
        .map(|attribute| (attribute.name.to_string(), &attribute.expr))
        .collect();
    // The names of volumes are among what the object `pack` holds.
    open.extend(follower.pack.manifest.volumes.iter().filter_map(|volume| volume.called.as_ref()));
    while let Some(expr) = open.pop() {
        expr.names(&mut |path, _| {
            if let ("local", Some(Step::Attr(step))) = (&*path.root.value, path.steps.first())
                && needed.insert(step.value.to_string())
            {
                open.extend(all.iter().filter(|(name, _)| **name == *step.value).map(|(_, expr)| *expr));
            }
        });
    }
    all.into_iter().filter(|(name, _)| needed.contains(name)).collect()
}

fn says_pack(expr: &Expr) -> bool {
    let mut says = false;
    expr.names(&mut |path, _| says |= &*path.root.value == "pack");
    says
}

/// The object `pack` as a local, made of the variable `name`.
fn about(follower: &mut Follower<'_>, file: &JobFile) -> Vec<Piece> {
    let manifest = &follower.pack.manifest;
    let all: Vec<&str> = manifest.jobs.iter().map(|job| &**job.name).collect();
    let of_jobs = |before: &str| {
        let entries: Vec<String> =
            all.iter().map(|job| format!("{} = {}", key(job), id(job, before, all.len() == 1))).collect();
        format!("{{ {} }}", entries.join(", "))
    };
    let mut out = vec![text(&format!(
        "  pack = {{\n    id = {}\n    ids = {}\n    name = {}\n    secrets = {}\n    version = {}\n    volumes = {{",
        id(&file.name.value, "", all.len() == 1),
        of_jobs(""),
        quoted(&manifest.name.value, References::Escape),
        of_jobs("nomad/jobs/"),
        quoted(&manifest.version, References::Escape),
    ))];
    for volume in &manifest.volumes {
        out.push(text(&format!("\n      {} = ", key(&volume.name.value))));
        if let Some(expr) = &volume.called {
            out.extend(follower.expr(expr));
            continue;
        }
        let job = id(&volume.job.value, "", all.len() == 1);
        let name = quoted(&format!("-{}", &*volume.name.value), References::Escape);
        out.push(text(&format!("join(\"\", [{job}, {name}])")));
    }
    out.push(text(if manifest.volumes.is_empty() { "}\n  }\n" } else { "\n    }\n  }\n" }));
    out
}

/// The id of a job, or what begins with `before` and ends with it, as an expression.
fn id(job: &str, before: &str, single: bool) -> String {
    let inside = |text: &str| {
        let quoted = quoted(text, References::Escape);
        quoted.trim_matches('"').to_owned()
    };
    let (job, before) = (inside(job), inside(before));
    let named =
        if single { format!("{before}${{var.name}}") } else { format!("{before}${{var.name}}-{job}") };
    format!("var.name == null ? \"{before}{job}\" : \"{named}\"")
}

/// The job's `meta`: the author's, the mark, and what nomad-pack keeps there.
fn meta(follower: &mut Follower<'_>, pack: &Pack, file: &JobFile) -> Vec<Piece> {
    let mut out = vec![text("  meta = merge(")];
    for item in &file.block.body.items {
        match item {
            Item::Attribute(attribute) if &*attribute.name.value == "meta" => {
                out.extend(follower.expr(&attribute.expr));
                out.push(text(", "));
            }
            Item::Block(block) if &*block.ty.value == "meta" => {
                out.push(text("{\n"));
                for attribute in block.body.attributes() {
                    out.push(text(&format!("    {} = ", key(&attribute.name.value))));
                    out.extend(follower.expr(&attribute.expr));
                    out.push(text("\n"));
                }
                out.push(text("  }, "));
            }
            _ => {}
        }
    }
    let mark = quoted(&pack.manifest.name.value, References::Escape);
    let mark = mark.trim_matches('"');
    out.push(text(&format!("{{\n    {MARK} = var.name == null ? \"{mark}\" : \"{mark}/${{var.name}}\"\n")));
    let own = |name: &str| text(&format!("    \"{BOOKKEEPING}{name}\" = "));
    let quote = || text("\"");
    let line = || text("\"\n");
    out.extend([own("deployment_name"), quote(), Piece::Deployment, line()]);
    out.extend([own("job"), quote(), Piece::Id(file.name.to_string()), line()]);
    out.extend([own("name"), Piece::About("pack.name"), text("\n")]);
    out.extend([own("path"), Piece::About("pack.path"), text("\n")]);
    out.extend([own("registry"), text("\"<<local folder>>\"\n")]);
    out.extend([own("version"), Piece::About("pack.version"), text("\n")]);
    out.push(text("  })\n"));
    out
}

/// Without the line break that follows the brace.
fn trimmed(mut pieces: Vec<Piece>) -> Vec<Piece> {
    if let Some(Piece::Text(first)) = pieces.first_mut()
        && let Some(rest) = first.strip_prefix('\n')
    {
        *first = format!("\n{}", rest.trim_start_matches('\n'));
    }
    if let Some(Piece::Text(last)) = pieces.last_mut()
        && !last.ends_with('\n')
    {
        last.push('\n');
    }
    pieces
}
