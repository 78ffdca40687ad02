//! Jobspecs of our own on which we differ from Nomad's parser on purpose: it takes them and makes something
//! else of them than what is written.

use crate::{program, reading};

/// What is written in a group, and why we refuse it.
const REFUSED: &[(&str, &str)] = &[
    (
        "affinity {\n attribute = \"${node.class}\"\n value = \"a\"\n weight = 300\n}",
        "Nomad keeps the lowest eight bits of the weight: 300 becomes 44",
    ),
    (
        "affinity {\n attribute = \"${node.class}\"\n value = \"a\"\n weight = 1.7\n}",
        "Nomad cuts the weight off: 1.7 becomes 1",
    ),
    ("vault {\n rool = \"a\"\n}", "Nomad forgets what it found wrong in a group's `vault`"),
    (
        "vault {\n role = \"a\"\n}\nvault {\n role = \"b\"\n}",
        "of two `vault` blocks in a group Nomad takes the last",
    ),
    ("secret \"a\" {\n pat = \"b\"\n}", "Nomad forgets what it found wrong in a group's `secret`"),
];

#[test]
fn what_nomad_misreads_is_refused() {
    let nomad = program::nomad();
    let folder = tempfile::tempdir().unwrap();
    for (group, why) in REFUSED {
        let file = folder.path().join("job.nomad.hcl");
        std::fs::write(&file, format!("job \"j\" {{\ngroup \"g\" {{\n{group}\n}}\n}}\n")).unwrap();
        assert!(reading::ours(&file).is_err(), "{why}");
        if let Some(nomad) = &nomad {
            assert!(reading::theirs(nomad, &file).is_ok(), "Nomad refuses it by now: {why}");
        }
    }
}
