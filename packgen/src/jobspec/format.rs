//! Formats source text and keeps everything else of it, comments included: what `nomad fmt` does.
//!
//! Only blanks between tokens change. Lines are indented by their open brackets; the `=` of neighbouring
//! lines and the comments behind them stand under one another.

use crate::hcl::syntax::lexer::{Kind, Token, code};

/// The text, formatted. It must be right HCL: the tokens of anything else are aligned as they come.
pub fn format(text: &str) -> String {
    let mut pieces = pieces(text);
    let mut lines: Vec<Line<'_, '_>> = pieces.split_inclusive_mut(ends_line).map(line).collect();
    indent(&mut lines);
    spaces(&mut lines);
    cells(&mut lines);
    write(text.len(), &pieces)
}

/// A token, its text and how many blanks stand before it.
#[derive(Clone, Copy)]
struct Piece<'t> {
    kind: Kind,
    text: &'t str,
    blanks: usize,
}

/// A line in up to three columns.
struct Line<'p, 't> {
    lead: &'p mut [Piece<'t>],
    /// From the `=` on, if what follows ends on this line.
    assign: &'p mut [Piece<'t>],
    comment: Option<&'p mut Piece<'t>>,
}

/// All tokens; literal text that follows literal text, as the lines of a heredoc do, is one piece with it.
fn pieces(text: &str) -> Vec<Piece<'_>> {
    let tokens: Vec<Token> = code(text);
    let mut pieces: Vec<Piece<'_>> = Vec::with_capacity(tokens.len());
    let (mut begin, mut end) = (0, 0);
    for token in tokens.iter().filter(|token| token.kind != Kind::End) {
        let (start, stop) = (token.start as usize, token.end as usize);
        match pieces.last_mut() {
            Some(last) if last.kind == Kind::Literal && token.kind == Kind::Literal && start == end => {
                last.text = text.get(begin..stop).unwrap_or("");
            }
            _ => {
                begin = start;
                let text = text.get(start..stop).unwrap_or("");
                pieces.push(Piece { kind: token.kind, text, blanks: start - end });
            }
        }
        end = stop;
    }
    pieces
}

fn ends_line(piece: &Piece<'_>) -> bool {
    piece.kind == Kind::Newline || piece.kind == Kind::Comment && piece.text.ends_with('\n')
}

/// How many brackets a token opens.
fn opens(piece: &Piece<'_>) -> i32 {
    match piece.kind {
        Kind::OpenBrace | Kind::OpenBracket | Kind::OpenParen | Kind::Interpolation | Kind::Directive => 1,
        Kind::CloseBrace | Kind::CloseBracket | Kind::CloseParen | Kind::SequenceEnd => -1,
        _ => 0,
    }
}

fn line<'p, 't>(pieces: &'p mut [Piece<'t>]) -> Line<'p, 't> {
    let has_comment = pieces.len() > 1 && pieces.last().is_some_and(|last| last.kind == Kind::Comment);
    let (code, comment) = pieces.split_at_mut(pieces.len() - usize::from(has_comment));
    let equal = code.iter().skip(1).position(|piece| piece.kind == Kind::Equal).map(|at| at + 1);
    let closed = |at: &usize| code.iter().skip(*at).map(opens).sum::<i32>() == 0;
    let end = equal.filter(closed).unwrap_or(code.len());
    let (lead, assign) = code.split_at_mut(end);
    Line { lead, assign, comment: comment.first_mut() }
}

fn indent(lines: &mut [Line<'_, '_>]) {
    let mut levels: Vec<i32> = Vec::new();
    for line in lines {
        let until_heredoc = line
            .lead
            .iter()
            .position(|piece| piece.kind == Kind::OpenHeredoc)
            .map_or(line.lead.len(), |at| at + 1);
        let net: i32 = line.lead.iter().take(until_heredoc).chain(&*line.assign).map(opens).sum();
        let Some(first) = line.lead.first_mut() else { continue };
        if first.kind == Kind::Newline {
            first.blanks = 0;
            continue;
        }
        let mut closed = (-net).max(0);
        while closed > 0
            && let Some(level) = levels.last_mut()
        {
            if closed < *level {
                *level -= closed;
                break;
            }
            closed -= *level;
            levels.pop();
        }
        first.blanks = 2 * levels.len();
        if net > 0 {
            levels.push(net);
        }
    }
}

fn spaces(lines: &mut [Line<'_, '_>]) {
    for line in lines {
        if let Some(equal) = line.assign.first_mut() {
            equal.blanks = 1;
        }
        between(line.lead);
        between(line.assign);
    }
}

fn between(pieces: &mut [Piece<'_>]) {
    let mut before = None;
    for at in 1..pieces.len() {
        let (Some(subject), Some(after)) = (pieces.get(at - 1).copied(), pieces.get_mut(at)) else { return };
        after.blanks = usize::from(blank_between(before, &subject, after));
        before = Some(subject.kind);
    }
}

/// Whether a blank stands between `subject` and `after`.
#[expect(
    clippy::match_same_arms,
    reason = "the first rule that fits decides, so their order is what they mean"
)]
fn blank_between(before: Option<Kind>, subject: &Piece<'_>, after: &Piece<'_>) -> bool {
    use Kind::{
        Bang, CloseBrace, CloseHeredoc, CloseQuote, Comma, Directive, Dot, DoubleColon, Ellipsis, Ident,
        Interpolation, Literal, LiteralNewline, Minus, Newline, Number, OpenBrace, OpenBracket, OpenHeredoc,
        OpenParen, OpenQuote, SequenceEnd,
    };
    match (subject.kind, after.kind) {
        (_, Newline | Comma | Ellipsis | Dot) | (Dot, _) => false,
        (Ident, OpenParen | DoubleColon) | (DoubleColon, Ident) => false,
        (Comma, _) => true,
        (Literal | LiteralNewline | OpenQuote | OpenHeredoc, _) => false,
        (_, Literal | LiteralNewline | CloseQuote | CloseHeredoc) => false,
        (Ident, _) if subject.text == "in" && before == Some(Ident) => true,
        (Ident | Number, OpenBracket) => false,
        (_, OpenBracket) if opens(subject) < 0 => false,
        (Bang, _) => false,
        (Minus, _) => before.is_some_and(ends_operand),
        (OpenBrace, CloseBrace) => false,
        (OpenBrace, _) | (_, CloseBrace) => true,
        (Interpolation | Directive, OpenBrace) | (CloseBrace, SequenceEnd) => true,
        (SequenceEnd, Interpolation | Directive) => false,
        _ => opens(subject) <= 0 && opens(after) >= 0,
    }
}

/// Whether a minus after this takes away, and is no sign.
fn ends_operand(kind: Kind) -> bool {
    use Kind::{
        AndAnd, Bang, Colon, Comma, Equal, EqualEqual, Greater, GreaterOrEqual, Less, LessOrEqual, Minus,
        NotEqual, OpenBrace, OpenBracket, OpenParen, OrOr, Percent, Plus, Question, Slash, Star,
    };
    !matches!(
        kind,
        OpenParen
            | OpenBrace
            | OpenBracket
            | Equal
            | Colon
            | Comma
            | Question
            | Plus
            | Star
            | Slash
            | Percent
            | Minus
            | EqualEqual
            | NotEqual
            | Greater
            | GreaterOrEqual
            | Less
            | LessOrEqual
            | AndAnd
            | OrOr
            | Bang
    )
}

fn columns(pieces: &[Piece<'_>]) -> usize {
    pieces.iter().map(|piece| piece.blanks + piece.text.chars().count()).sum()
}

fn cells(lines: &mut [Line<'_, '_>]) {
    for chain in lines.chunk_by_mut(|a, b| a.assign.is_empty() == b.assign.is_empty()) {
        if chain.first().is_some_and(|line| line.assign.is_empty()) {
            continue;
        }
        let widest = chain.iter().map(|line| columns(line.lead)).max().unwrap_or(0);
        for line in chain {
            let spaces = widest - columns(line.lead) + 1;
            if let Some(equal) = line.assign.first_mut() {
                equal.blanks = spaces;
            }
        }
    }
    for chain in lines.chunk_by_mut(|a, b| a.comment.is_some() == b.comment.is_some()) {
        if chain.first().is_some_and(|line| line.comment.is_none()) {
            continue;
        }
        let width = |line: &Line<'_, '_>| columns(line.lead) + columns(line.assign);
        let widest = chain.iter().map(width).max().unwrap_or(0);
        for line in chain {
            let spaces = widest - width(line) + 1;
            if let Some(comment) = &mut line.comment {
                comment.blanks = spaces;
            }
        }
    }
}

fn write(length: usize, pieces: &[Piece<'_>]) -> String {
    let mut out = String::with_capacity(length + length / 8);
    for piece in pieces {
        out.extend(std::iter::repeat_n(' ', piece.blanks));
        out.push_str(piece.text);
    }
    out
}
