//! Every variant as text. Files that are carried as they are do not appear again: the pack's folder has them.

use libtest_mimic::Trial;
use std::fs;
use std::path::Path;

use crate::pack::{Rendered, folder, render};
use acceptance_tests::variants::{STACK, Variant};

pub fn trials() -> Vec<Trial> {
    let of = |variant: &'static Variant| {
        Trial::test(format!("snapshot::{}", variant.name), move || {
            let text = text(&render(variant.variables));
            insta::with_settings!({ prepend_module_to_snapshot => false, snapshot_path => "snapshots", omit_expression => true }, {
                insta::assert_snapshot!(variant.name, text);
            });
            Ok(())
        })
    };
    STACK.iter().map(of).collect()
}

fn text(rendered: &Rendered) -> String {
    let carried = carried(&folder().join("files"));
    let mut text = String::new();
    for job in rendered.jobs() {
        text.push_str(&shortened(job.text(), &carried));
        text.push('\n');
    }
    text
}

/// The heredocs that are a file of the pack, by that file's name.
fn shortened(text: &str, carried: &[(String, String)]) -> String {
    let mut out = String::new();
    let mut body: Option<Vec<&str>> = None;
    for line in text.lines() {
        match &mut body {
            None => {
                out.push_str(line);
                out.push('\n');
                body = line.ends_with("<<-EOT").then(Vec::new);
            }
            Some(lines) if line.trim() == "EOT" => {
                out.push_str(&named(lines, carried));
                out.push_str(line);
                out.push('\n');
                body = None;
            }
            Some(lines) => lines.push(line),
        }
    }
    out
}

fn named(lines: &[&str], carried: &[(String, String)]) -> String {
    let bare = |line: &str| line.trim_start().replace("$${", "${").replace("%%{", "%{");
    let body: Vec<String> = lines.iter().map(|line| bare(line)).collect();
    let same = |text: &str| text.trim_end().lines().map(bare).eq(body.iter().map(String::clone));
    match carried.iter().find(|(_, text)| same(text)) {
        Some((name, _)) => format!("          ({name})\n"),
        None => lines.join("\n") + "\n",
    }
}

fn carried(folder: &Path) -> Vec<(String, String)> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).expect("the pack has files").flatten() {
        let path = entry.path();
        if path.is_dir() {
            files.extend(carried(&path));
        } else if let Ok(text) = fs::read_to_string(&path) {
            files.push((path.file_name().unwrap_or_default().to_string_lossy().into_owned(), text));
        }
    }
    files.sort();
    files
}
