//! The one way in which a value becomes part of a shell script.

/// The value as one word of a POSIX shell, whatever is in it but NUL, which no shell can hold.
pub fn quote(value: &str) -> String {
    format!("'{}'", value.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;
    use std::process::{Command, Stdio};

    use proptest::prelude::*;

    use super::*;

    /// What each shell makes of a word, by way of its standard input, as a script comes to a host.
    fn said_by(shell: &[&str], word: &str) -> Option<Vec<u8>> {
        let mut command = Command::new(shell[0]);
        command.args(&shell[1..]).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().ok()?;
        child.stdin.take().unwrap().write_all(format!("printf %s {word}").as_bytes()).unwrap();
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success());
        Some(output.stdout)
    }

    #[test]
    fn nothing_escapes() {
        insta::assert_snapshot!(quote("it's $(id) `id` \"\\\n"), @r#"
        'it'\''s $(id) `id` "\
        '
        "#);
        assert_eq!(quote(""), "''");
    }

    proptest! {
        // Each case starts four shells.
        #![proptest_config(ProptestConfig::with_cases(if std::env::var_os("PROPTEST_CASES").is_some() { 2000 } else { 24 }))]

        #[test]
        fn every_shell_reads_back_what_was_quoted(
            value in prop_oneof![any::<String>(), r#"[ '"$`\\!#&;|<>(){}*?~\n\t\r=%-]{0,40}"#]
        ) {
            let value = value.replace('\0', "");
            for shell in [&["dash", "-s"][..], &["busybox", "sh", "-s"], &["bash", "--posix", "-s"], &["bash", "-s"]] {
                match said_by(shell, &quote(&value)) {
                    Some(said) => prop_assert_eq!(said, value.as_bytes(), "{:?}", shell),
                    None => println!("skipped: {} not found", shell[0]),
                }
            }
        }
    }
}
