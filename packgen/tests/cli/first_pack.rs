//! The page "Write your first pack" is followed word by word: its files are written, its commands are run,
//! and what they print must be what the page says. `UPDATE_DOCS=1` writes what they print into the page.

use std::path::Path;
use std::process::Command;

use crate::fixture::Fixture;

const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/first-pack.md");

#[test]
fn a_newcomer_can_follow_the_page() {
    let page = std::fs::read_to_string(PAGE).unwrap();
    let fixture = Fixture::new();
    let mut made = String::new();
    let mut rest = page.as_str();
    let mut commands = 0;
    while let Some((before, after)) = rest.split_once("\n```") {
        let (head, after) = after.split_once('\n').unwrap();
        let (body, after) = after.split_once("\n```\n").unwrap();
        made.extend([before, "\n```", head, "\n"]);
        if let Some((_, path)) = head.split_once(' ') {
            let path = fixture.path().join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, format!("{body}\n")).unwrap();
            made.extend([body, "\n"]);
        } else {
            assert_eq!(head, "sh", "a block is a file with its path, or commands");
            for command in body.lines().filter_map(|line| line.strip_prefix("$ ")) {
                commands += 1;
                made.extend(["$ ", command, "\n", &run(fixture.path(), command)]);
            }
        }
        made.push_str("```\n");
        rest = after;
    }
    made.push_str(rest);
    assert!(commands > 5, "{commands} commands");
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(PAGE, &made).unwrap();
    }
    assert!(made == page, "docs/first-pack.md is not what happens; UPDATE_DOCS=1 writes it anew:\n{made}");
}

/// What a command prints, words after data.
fn run(folder: &Path, command: &str) -> String {
    let program = Path::new(env!("CARGO_BIN_EXE_packgen")).parent().unwrap();
    let path = format!("{}:{}", program.display(), std::env::var("PATH").unwrap());
    let output = Command::new("sh")
        .args(["-c", command])
        .current_dir(folder)
        .env_clear()
        .env("PATH", path)
        .output()
        .unwrap();
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    text(&output.stdout) + &text(&output.stderr)
}
