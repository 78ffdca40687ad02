//! How rules are tried: a small job with one thing in it, once wrong and once right.

use crate::jobspec::validate::{Options, check};
use crate::source::SourceMap;

/// A job whose group and task are fine, with `text` in its `job` block.
pub(super) fn job(text: &str) -> String {
    format!(
        "job \"j\" {{\n{text}\ngroup \"g\" {{\ntask \"t\" {{\ndriver = \"raw_exec\"\n{CONFIG}\n}}\n}}\n}}\n"
    )
}

/// The same, with `text` in its `group` block.
pub(super) fn group(text: &str) -> String {
    kind("service", text)
}

/// A job of a type, with `text` in its `group` block.
pub(super) fn kind(kind: &str, text: &str) -> String {
    let task = format!("task \"t\" {{\ndriver = \"raw_exec\"\n{CONFIG}\n}}");
    format!("job \"j\" {{\ntype = \"{kind}\"\ngroup \"g\" {{\n{text}\n{task}\n}}\n}}\n")
}

/// The same, with `text` in its `task` block.
pub(super) fn task(text: &str) -> String {
    let volume = "volume \"data\" {\ntype = \"host\"\nsource = \"data\"\n}";
    format!(
        "job \"j\" {{\ngroup \"g\" {{\n{volume}\ntask \"t\" {{\ndriver = \"raw_exec\"\n{CONFIG}\n{text}\n}}\n}}\n}}\n"
    )
}

/// A group's service with `text` in it, in a bridge network with the ports `http` and `db`.
pub(super) fn service(text: &str) -> String {
    group(&format!(
        "shutdown_delay = \"1s\"\nnetwork {{\nmode = \"bridge\"\nport \"http\" {{\nstatic = 80\n}}\nport \"db\" {{}}\n}}\nservice {{\nname = \"s\"\nport = \"http\"\n{text}\n}}"
    ))
}

const CONFIG: &str = "config {\ncommand = \"x\"\n}";

/// The codes of all findings about a jobspec, which must be right for Nomad's parser.
pub(super) fn codes(text: &str) -> Vec<&'static str> {
    let sources = SourceMap::new();
    let file = sources.add("test.nomad.hcl", text);
    let (tree, findings) =
        crate::jobspec::bare::read(&sources, file, &crate::jobspec::bare::Inputs::default());
    assert!(!findings.has_errors(), "{}\n{text}", findings.text(&sources));
    let found = check(&tree, Options::default());
    for finding in &found {
        assert!(finding.at.is_some(), "without a place: {finding:?}");
    }
    found.iter().map(|finding| finding.code).collect()
}

/// A rule finds what is wrong and leaves what is right alone.
pub(super) fn tells(code: &str, wrong: &str, right: &str) {
    let (in_wrong, in_right) = (codes(wrong), codes(right));
    assert!(in_wrong.contains(&code), "{code} is not found: {in_wrong:?}\n{wrong}");
    assert!(!in_right.contains(&code), "{code} is found\n{right}");
}
