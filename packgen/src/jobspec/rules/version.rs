//! Version constraints as Nomad's scheduler reads them: `>= 1.2, < 2.0`.

/// How strictly versions are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Style {
    /// Loosely: `1.2beta`, and the operator `~>`.
    Version,
    /// A pre-release needs a dash.
    Semver,
}

/// Whether every part of a comma-separated list is an operator and a version.
pub(super) fn is_constraint(text: &str, style: Style) -> bool {
    text.split(',').all(|part| is_part(part, style))
}

fn is_part(part: &str, style: Style) -> bool {
    let part = part.trim_matches(|letter: char| letter.is_ascii_whitespace() && letter != '\u{b}');
    let operators: &[&str] = match style {
        Style::Version => &["!=", ">=", "<=", "~>", "=", ">", "<"],
        Style::Semver => &["!=", ">=", "<=", "=", ">", "<"],
    };
    let rest = operators.iter().find_map(|operator| part.strip_prefix(operator)).unwrap_or(part);
    is_version(rest.trim_start(), style)
}

fn is_version(text: &str, style: Style) -> bool {
    let text = text.strip_prefix('v').unwrap_or(text);
    let (text, metadata) =
        text.split_once('+').map_or((text, None), |(text, metadata)| (text, Some(metadata)));
    let numbers = text.bytes().take_while(|byte| byte.is_ascii_digit() || *byte == b'.').count();
    let (numbers, rest) = text.split_at(numbers);
    // A dot before letters belongs to no number: `1.x` is no version.
    numbers.split('.').all(|number| !number.is_empty() && number.len() <= 18)
        && (rest.is_empty() || is_pre_release(rest, style))
        && metadata.is_none_or(are_words)
}

fn is_pre_release(rest: &str, style: Style) -> bool {
    match rest.strip_prefix('-') {
        Some(rest) => are_words(rest),
        None if style == Style::Semver => false,
        None => are_words(rest),
    }
}

fn are_words(text: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"-~".contains(&byte);
    text.split('.').all(|word| !word.is_empty() && word.bytes().all(fits))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn version_constraints_are_told_from_other_text() {
        for text in [
            "1",
            ">= 1.2, < 2.0",
            "~> 1.2",
            "!=1.0.0-beta.1",
            "v1.2.3+build",
            "1.2beta",
            " = 1 ",
            ">= 1.2.3-dev",
        ] {
            assert!(is_constraint(text, Style::Version), "{text}");
        }
        for text in ["", "x", ">=", "1..2", ">= ${x}", "1.x", ">> 1", "1,", "latest"] {
            assert!(!is_constraint(text, Style::Version), "{text}");
        }
        assert!(is_constraint(">= 1.2.0-dev", Style::Semver));
        for text in ["~> 1.2", "1.2beta"] {
            assert!(!is_constraint(text, Style::Semver), "{text}");
        }
    }
}
