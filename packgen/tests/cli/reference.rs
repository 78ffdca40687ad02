//! The page of all commands is what they say about themselves. `UPDATE_DOCS=1` writes it anew.

use std::fmt::Write as _;

use crate::fixture::Fixture;

const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/commands.md");

const HEAD: &str = "# The commands of packgen

What `packgen --help` and `packgen <command> --help` say, written by a test. Newcomers better begin with
[Write your first pack](first-pack.md).
";

#[test]
fn the_page_of_commands_is_what_they_say() {
    let fixture = Fixture::new();
    let help = |args: &[&str]| {
        let shown = fixture.run(args);
        let text = shown.strip_prefix("status 0\n").unwrap_or_else(|| panic!("{shown}"));
        text.lines().flat_map(|line| [line.trim_end(), "\n"]).collect::<String>()
    };
    let root = help(&["--help"]);
    let mut made = HEAD.to_owned();
    let _ = write!(made, "\n```text\n{root}```\n");
    let (_, commands) = root.split_once("\nCommands:\n").unwrap();
    let names = commands.lines().take_while(|line| !line.is_empty());
    for name in names.filter_map(|line| line.split_whitespace().next()) {
        let _ = write!(made, "\n## packgen {name}\n\n```text\n{}```\n", help(&[name, "--help"]));
    }
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(PAGE, &made).unwrap();
    }
    let page = std::fs::read_to_string(PAGE).unwrap_or_default();
    assert!(made == page, "docs/commands.md is not what the commands say; UPDATE_DOCS=1 writes it anew");
}
