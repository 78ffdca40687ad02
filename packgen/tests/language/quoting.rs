//! Whatever a string holds, printed and read again it is the same string, and never anything else.

use packgen::hcl::eval::{Dialect, Env};
use packgen::hcl::quote::{References, heredoc_marker, key, quoted, write_lines};
use packgen::hcl::syntax::{parse_body, parse_expression};
use packgen::hcl::{Text, Value};
use packgen::source::SourceMap;
use proptest::prelude::*;

/// Pieces that mean something to HCL, to Nomad or to the programs that read its templates.
fn hostile() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("${"),
        Just("$"),
        Just("%{"),
        Just("%"),
        Just("{"),
        Just("}"),
        Just("\""),
        Just("\\"),
        Just("\n"),
        Just("\r"),
        Just("~"),
        Just("EOT"),
        Just("<<"),
        Just("-"),
        Just("attr.x"),
        Just("${attr.x}"),
        Just("NOMAD_IP"),
        Just(" "),
        Just("\t"),
        Just("if"),
        Just("endif"),
        Just("é"),
        Just("e\u{301}"),
        Just("\u{0}"),
        Just("\u{202e}"),
        Just("\u{feff}"),
        Just("{{ key }}"),
        Just("\"}"),
        Just("\n}\n"),
        Just("#"),
        Just("/*"),
        Just("\u{1f600}"),
        Just("${meta.a}}"),
    ];
    prop_oneof![
        4 => prop::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat()),
        1 => any::<String>(),
    ]
}

fn read(text: &str) -> Value {
    let sources = SourceMap::new();
    let file = sources.add("printed", text);
    let expr = parse_expression(&sources, file).map_err(|findings| findings.text(&sources)).unwrap();
    Env::new(&sources, Dialect::Nomad).scope().eval(&expr).map_err(|finding| finding.text(&sources)).unwrap()
}

/// Strings are in NFC once they are values.
fn normal(text: &str) -> String {
    Text::from(text).as_str().to_owned()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn quoted_strings_come_back(text in hostile()) {
        let text = normal(&text);
        for references in [References::Keep, References::Escape] {
            let printed = quoted(&text, references);
            let value = read(&printed);
            prop_assert_eq!(value.as_str(), Some(text.as_str()), "{}", printed);
        }
    }

    #[test]
    fn heredocs_come_back(text in hostile()) {
        let text = normal(&text) + "\n";
        if let Some(marker) = heredoc_marker(&text) {
            let mut lines = String::new();
            write_lines(&text, References::Keep, &mut lines);
            let printed = format!("<<{marker}\n{lines}{marker}");
            let sources = SourceMap::new();
            let file = sources.add("printed", format!("a = {printed}\n"));
            let (body, findings) = parse_body(&sources, file);
            prop_assert!(!findings.has_errors(), "{}", printed);
            prop_assert_eq!(body.items.len(), 1);
            let env = Env::new(&sources, Dialect::Nomad);
            let value = env.scope().eval(&body.attribute("a").unwrap().expr).unwrap();
            prop_assert_eq!(value.as_str(), Some(text.as_str()), "{}", printed);
        }
    }

    #[test]
    fn keys_come_back(text in hostile()) {
        let text = normal(&text);
        let value = read(&format!("{{ {} = 1 }}", key(&text)));
        prop_assert_eq!(value.entries().unwrap()[0].key.as_str(), text);
    }

    #[test]
    fn constants_come_back_from_files_of_values(text in hostile()) {
        let text = normal(&text);
        let sources = SourceMap::new();
        let file = sources.add("values", quoted(&text, References::Escape));
        let expr = parse_expression(&sources, file).unwrap();
        let value = Env::new(&sources, Dialect::Constant).scope().eval(&expr).unwrap();
        prop_assert_eq!(value.as_str(), Some(text.as_str()));
    }
}
