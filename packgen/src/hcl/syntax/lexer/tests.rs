//! What becomes of single texts.

use super::*;

fn words(text: &str) -> Vec<(Kind, String)> {
    let tokens = code(text);
    tokens
        .iter()
        .map(|token| (token.kind, text[token.start as usize..token.end as usize].to_owned()))
        .collect()
}

fn kinds(text: &str) -> Vec<Kind> {
    code(text).iter().map(|token| token.kind).collect()
}

#[test]
fn sequences_nest() {
    use Kind::*;
    let expected = [OpenQuote, Literal, Interpolation, OpenBrace, Ident, Equal, OpenQuote, Directive, Ident];
    assert_eq!(kinds("\"a${{b=\"%{if")[..9], expected);
    assert_eq!(
        kinds("\"${{}}\""),
        [OpenQuote, Interpolation, OpenBrace, CloseBrace, SequenceEnd, CloseQuote, End]
    );
}

#[test]
fn a_heredoc_ends_at_a_line_that_is_the_marker_only() {
    use Kind::*;
    assert_eq!(kinds("<<E\nE x\n  E\n"), [OpenHeredoc, Literal, CloseHeredoc, Newline, End]);
    assert_eq!(
        kinds("<<E\n${a}E\nE\n"),
        [OpenHeredoc, Interpolation, Ident, SequenceEnd, Literal, CloseHeredoc, Newline, End]
    );
    assert_eq!(kinds("<< E\n")[..2], [Less, Less]);
}

#[test]
fn numbers_do_not_end_with_a_point() {
    for (text, number) in
        [("1.5", "1.5"), ("1.", "1"), ("1...", "1"), ("1e5", "1e5"), ("1e", "1"), ("1.2.3", "1.2.3")]
    {
        assert_eq!(words(text)[0], (Kind::Number, number.to_owned()), "{text}");
    }
}

#[test]
fn escapes_stay_in_one_token() {
    assert_eq!(
        words(r#""$${a}$b\"""#)[1..4].iter().map(|word| word.1.as_str()).collect::<Vec<_>>(),
        ["$${", "a}", "$"]
    );
}

#[test]
fn the_byte_order_mark_is_skipped() {
    assert_eq!(kinds("\u{feff}a"), [Kind::Ident, Kind::End]);
}
