//! The jobspecs that are compared: those of a checkout of Nomad's source. Nothing of that tree is kept here.

use std::path::{Path, PathBuf};

/// All jobspecs: files as they are, snippets as files of their own.
pub fn all(tree: &Path, scratch: &Path) -> Vec<(String, PathBuf)> {
    let mut cases = Vec::new();
    let mut folders = vec![tree.to_owned()];
    while let Some(folder) = folders.pop() {
        let mut entries: Vec<PathBuf> =
            std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        entries.sort();
        for path in entries {
            let name = path.strip_prefix(tree).unwrap().display().to_string();
            let kind = path.extension().and_then(|kind| kind.to_str()).unwrap_or_default();
            if path.is_symlink() || path.file_name().is_some_and(|name| name == "node_modules") {
                continue;
            }
            if path.is_dir() {
                folders.push(path);
            } else if matches!(kind, "hcl" | "nomad" | "jobspec" | "json") {
                cases.extend(Some((name, path)).filter(|(_, path)| is_jobspec(&read(path))));
            } else if matches!(kind, "go" | "mdx" | "md") {
                for (at, text) in snippets(kind, &read(&path)).into_iter().enumerate() {
                    let name = format!("{name}#{at}");
                    let file = scratch.join(format!("{}.hcl", name.replace(['/', '#'], "_")));
                    std::fs::write(&file, text).unwrap();
                    cases.push((name, file));
                }
            }
        }
    }
    cases
}

fn read(path: &Path) -> String {
    String::from_utf8_lossy(&std::fs::read(path).unwrap()).into_owned()
}

/// Whether a line at the margin, or near it, opens a job, or a JSON object holds one.
fn is_jobspec(text: &str) -> bool {
    if text.trim_start_matches(' ').starts_with('{') {
        return text.contains("\"job\"");
    }
    let opens = |line: &str| {
        line.trim_start()
            .strip_prefix("job")
            .is_some_and(|rest| rest.starts_with([' ', '{']) && rest.trim_end().ends_with('{'))
    };
    text.lines().any(opens)
}

/// Raw strings in Go, fenced blocks in Markdown.
fn snippets(kind: &str, text: &str) -> Vec<String> {
    let fence = if kind == "go" { "`" } else { "```" };
    let inside = text.split(fence).skip(1).step_by(2);
    let body = |part: &str| {
        if kind == "go" {
            part.to_owned()
        } else {
            part.split_once('\n').map_or(String::new(), |(_, body)| body.to_owned())
        }
    };
    inside.map(body).filter(|part| is_jobspec(part)).collect()
}
