//! A pack to begin with: small, but one that renders, runs and passes its tests.

use super::manifest::is_name;

const FILES: [(&str, &str); 5] = [
    ("pack.hcl", include_str!("pack.hcl")),
    ("variables.hcl", include_str!("variables.hcl")),
    ("NAME.nomad.hcl", include_str!("job.nomad.hcl")),
    ("files/page.html.tftpl", include_str!("page.html.tftpl")),
    ("tests/NAME.hcl", include_str!("test.hcl")),
];

/// The files of a new pack: path and text. The error says why the name is none.
pub fn scaffold(name: &str) -> Result<Vec<(String, String)>, String> {
    if !is_name(name) {
        return Err(format!(
            "{name:?} cannot be the name of a pack: it has small letters, digits, `_` and `-`, and begins with a letter"
        ));
    }
    let with_name = |text: &str| text.replace("NAME", name);
    Ok(FILES.iter().map(|(path, text)| (with_name(path), with_name(text))).collect())
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::super::{Memory, Pack};
    use super::*;
    use crate::source::SourceMap;

    #[test]
    fn a_new_pack_passes_its_own_tests() {
        let folder = scaffold("hello")
            .unwrap()
            .into_iter()
            .fold(Memory::new("hello"), |folder, (path, text)| folder.with(path, text));
        let sources = Arc::new(SourceMap::new());
        let (pack, warnings) =
            Pack::load(Arc::new(folder), sources.clone()).map_err(|found| found.text(&sources)).unwrap();
        assert!(warnings.is_empty(), "{}", warnings.text(&sources));
        let tested = pack.test().map_err(|found| found.text(&sources)).unwrap();
        assert!(tested.len() >= 2);
        for run in tested {
            assert!(run.passed(), "{}: {}", run.name, run.findings.text(&sources));
        }
    }

    #[test]
    fn names_are_checked() {
        assert!(scaffold("Hello World").is_err() && scaffold("").is_err() && scaffold("../x").is_err());
    }
}
