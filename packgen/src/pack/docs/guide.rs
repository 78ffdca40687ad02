//! What a pack's author tells beyond its variables: `guide.md` in its folder, taken into the README.
//!
//! A fenced block marked `sizes` becomes a table of what the pack asks for with the variables of each line. So
//! figures are worked out, never typed.

use crate::pack::Pack;
use crate::source::{Diagnostic, Diagnostics, Span};

use super::takes;

/// The file.
const GUIDE: &str = "guide.md";
/// What marks a block of sizes.
const SIZES: &str = "```sizes";

/// The guide; empty if there is none.
pub(super) fn guide(pack: &Pack) -> Result<String, Diagnostics> {
    let read = pack.folder().read(GUIDE).map_err(|message| Diagnostic::error("io", message, Span::NONE))?;
    let Some(bytes) = read else { return Ok(String::new()) };
    let text = String::from_utf8_lossy(&bytes);
    let mut out = String::new();
    let mut cases: Option<String> = None;
    for line in text.trim_end().lines() {
        match &mut cases {
            None if line.trim_end() == SIZES => cases = Some(String::new()),
            None => push(&mut out, line),
            Some(lines) if line.trim_end() == "```" => {
                let table = takes::sizes(pack, lines)?;
                out.push_str(&table);
                cases = None;
            }
            Some(lines) => push(lines, line),
        }
    }
    out.push('\n');
    Ok(out)
}

fn push(out: &mut String, line: &str) {
    out.push_str(line);
    out.push('\n');
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::pack::{Memory, scaffold};
    use crate::source::SourceMap;

    fn page(text: &str) -> Result<String, String> {
        let files = scaffold("hello").unwrap();
        let folder =
            files.into_iter().fold(Memory::new("hello"), |folder, (path, text)| folder.with(path, text));
        let sources = Arc::new(SourceMap::new());
        let folder = Arc::new(folder.with(GUIDE, text));
        let (pack, _) = Pack::load(folder, sources.clone()).map_err(|found| found.text(&sources))?;
        guide(&pack).map_err(|found| found.text(&sources))
    }

    #[test]
    fn sizes_are_worked_out_and_the_rest_stays() {
        let page = page("## How\n\n```sizes\nPlain:\nThree of them: instances = 3\n```\n\n```sh\nls\n```\n")
            .unwrap();
        insta::assert_snapshot!(page, @r"
        ## How

        | | CPU | memory | at most | on every node besides | volumes |
        | --- | --- | --- | --- | --- | --- |
        | Plain | 50 MHz | 32 MiB | 32 MiB | – | – |
        | Three of them: `instances = 3` | 150 MHz | 96 MiB | 96 MiB | – | – |

        ```sh
        ls
        ```
        ");
    }

    #[test]
    fn a_case_that_does_not_render_is_an_error() {
        let said = page("```sizes\nMany: instances = \"many\"\n```\n").unwrap_err();
        assert!(said.contains("guide.md, Many"), "{said}");
    }
}
