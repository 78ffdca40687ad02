//! Text that is finished already: what `templatefile` made. Its author escapes by hand, so that nothing can
//! be escaped here; what a user typed is found by its origin and has to stay in the place where it begins.

use crate::hcl::{Origin, Text};
use crate::source::Span;

use super::{Carrier, Next, Quotes, Refusal, breaks_line, carrier};

/// What leaves its place: why, where a user typed it, and the line of the text.
#[derive(Debug)]
pub(in crate::pack) struct Escaped {
    pub message: String,
    pub help: Option<String>,
    pub user: Span,
    pub line: usize,
}

/// Whether all that a user typed stays in its place. `name` decides what kind of file it is.
pub(in crate::pack) fn check(text: &Text, name: &str) -> Result<(), Escaped> {
    if !text.has_user_part() {
        return Ok(());
    }
    let mut carrier = carrier(name);
    let whole = text.as_str();
    let mut done = 0;
    let ranges: Vec<_> =
        text.origins().iter().filter(|range| matches!(range.origin, Origin::User(_))).collect();
    for (at, range) in ranges.iter().enumerate() {
        let (start, end) = (range.start as usize, range.end as usize);
        let part = |from: usize, to: usize| whole.get(from..to).unwrap_or_default();
        let value = part(start, end);
        let stays = match &mut carrier {
            Some(carrier) => {
                carrier.fixed(part(done, start));
                let until = ranges.get(at + 1).map_or(whole.len(), |next| next.start as usize);
                let next = match part(end, until) {
                    "" if until < whole.len() => Next::Value,
                    "" => Next::End,
                    fixed => Next::Fixed(fixed),
                };
                carrier.stays(value, next)
            }
            None => unknown(value),
        };
        if let Err(refusal) = stays {
            let user = if let Origin::User(at) = range.origin { at } else { Span::NONE };
            let line = part(0, start).matches('\n').count() + 1;
            return Err(Escaped { message: refusal.message, help: refusal.help, user, line });
        }
        done = end;
    }
    Ok(())
}

/// In a file of a kind that is not known, a line is the place.
fn unknown(value: &str) -> Result<(), Refusal> {
    if breaks_line(value) {
        return Err(Refusal::new(
            "this text has more than one line, and how to write it in a file of this kind is not known",
            "write it with `jsonencode`, or let the file's name tell its kind: `x.yaml.tftpl`",
        ));
    }
    Ok(())
}

/// Text in an open string: it must neither end nor break it.
pub(super) fn in_string<C: Carrier + ?Sized>(carrier: &mut C, text: &str) -> Result<(), Refusal> {
    let cure = "write the whole string with `jsonencode(x)`, without quotes around it";
    for char in text.chars() {
        let escape = carrier.quotes() == Quotes::Escape;
        if escape && !matches!(char, '"' | '\\' | '/' | 'b' | 'f' | 'n' | 'r' | 't' | 'u' | 'U' | 'x') {
            return Err(Refusal::new("this text has a `\\` that is no escape in a string", cure));
        }
        if breaks_line(char.encode_utf8(&mut [0; 4])) {
            return Err(Refusal::new("this text has a line break or a control character in a string", cure));
        }
        carrier.fixed(char.encode_utf8(&mut [0; 4]));
        if carrier.quotes() == Quotes::None {
            return Err(Refusal::new("this text would end the string that it stands in", cure));
        }
    }
    match carrier.quotes() {
        Quotes::Escape => {
            Err(Refusal::new("this text ends with a `\\`, which would escape what follows", cure))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::hcl::Value;
    use crate::hcl::text::TextBuilder;
    use crate::pack::template::encode::json;

    /// What an author makes: `{x}` is the user's text as it is, `{json}` the same as JSON.
    fn made(template: &str, x: &str) -> Text {
        let user = Text::from_origin(x, Origin::User(Span::NONE));
        let mut out = TextBuilder::default();
        let mut rest = template;
        while let Some((before, after)) =
            rest.split_once("{x}").filter(|(before, _)| !before.contains("{json}"))
        {
            out.push_str(before);
            out.push(&user);
            rest = after;
        }
        if let Some((before, after)) = rest.split_once("{json}") {
            out.push_str(before);
            out.push(&json(&Value::string(user)).unwrap());
            rest = after;
        }
        out.push_str(rest);
        out.finish()
    }

    fn stays(name: &str, template: &str, x: &str) -> bool {
        check(&made(template, x), name).is_ok()
    }

    fn yaml(text: &str) -> Option<serde_json::Value> {
        serde_saphyr::from_str(text).ok()
    }

    #[test]
    fn what_is_written_with_jsonencode_stays() {
        for x in ["a", "a\"b\\", "a: b\n- c", "{{ x }}", "é\u{2028}\u{1}"] {
            for template in ["a: {json}\nb: 1\n", "a: [{json}]\n", "- {json}\n"] {
                assert!(stays("f.yaml", template, x), "{template:?} {x:?}");
            }
            assert!(stays("f.json", "{\"a\": {json}}", x), "{x:?}");
            assert!(stays("f.alloy", "a = {json}\n", x), "{x:?}");
        }
    }

    #[test]
    fn what_leaves_its_place_is_found() {
        for (name, template, x) in [
            ("f.yaml", "a: {x}\n", "b\nevil: 1"),
            ("f.yaml", "a: {x}\n", "b: c"),
            ("f.yaml", "a: \"{x}\"\n", "b\", \"c"),
            ("f.yaml", "a: \"{x}\"\n", "b\\"),
            ("f.yaml", "a: |\n  {x}\n", "b\nevil: 1"),
            ("f.yaml", "# {x}\n", "b\nevil: 1"),
            ("f.json", "{\"a\": \"{x}\"}", "b\", \"evil\": \"1"),
            ("f.json", "{\"a\": {x}}", "1, \"evil\": 2"),
            ("f.toml", "a = \"{x}\"\n", "b\"\nevil = \"1"),
            ("f.env", "A={x}\n", "b\nEVIL=1"),
            ("f.ini", "a = {x}\n", "b\n[evil]"),
            ("f.alloy", "a = \"{x}\"\n", "b\"\nevil \"c\" {}\n//"),
            ("nginx.conf", "root {x};\n", "/a; evil"),
            ("f.sh", "echo {x}\n", "a; id"),
            ("f.html", "<p>{x}</p>", "<script>"),
            ("f.html", "<a href=\"{x}\">", "b\" onclick=\"evil()"),
            ("f.html", "<script>{x}</script>", "evil()"),
            ("f.html", "<{x}>", "script"),
            ("f.txt", "{x}\n", "a\nb"),
        ] {
            let found = check(&made(template, x), name);
            assert!(found.is_err(), "{name} {template:?} {x:?}");
            assert!(
                stays(name, template, "a")
                    || ["<{x}", "<script", ": {x}}"].iter().any(|part| template.contains(part)),
                "{name} {template:?}"
            );
        }
        assert_eq!(check(&made("a: 1\nb: {x}\n", ": "), "f.yaml").unwrap_err().line, 2);
    }

    #[test]
    fn an_author_who_escapes_by_hand_may() {
        assert!(stays("f.html", "<p title='{x}'>{x}</p>", "a &amp; &lt;b&gt;"));
        assert!(stays("f.yaml", "a: |\n  {x}\n", "b\n  c\n\n  d"));
        assert!(stays("f.yaml", "a: http://{x}/\n", "b:80"));
        assert!(stays("f.txt", "{x} {json}\n", "a b"));
    }

    proptest! {
        /// Hostile text is refused, or the document has the shape that harmless text gives.
        #[test]
        fn hostile_text_keeps_the_shape(
            x in "[a-c:#,\\[\\]{}&*!|>'\"%@` \\n\\\\.\u{e9}-]{1,8}",
            place in prop::sample::select(vec![
                "a: {x}\nb: 1\n", "a: \"{x}\"\nb: 1\n", "a: '{x}'\nb: 1\n", "{a: {x}, b: 1}\n", "a: x{x}y\nb: 1\n",
                "a: |\n  {x}\nb: 1\n", "# {x}\na: c\nb: 1\n", "a: {json}\nb: 1\n", "a: [{json}, {x}]\nb: 1\n", "b: 1\na: {x}",
            ]),
        ) {
            let text = made(place, &x);
            if check(&text, "f.yaml").is_ok() {
                let read = yaml(&text).unwrap_or_else(|| panic!("{:?}", text.as_str()));
                prop_assert_eq!((&read["b"], read.as_object().unwrap().len()), (&1.into(), 2), "{:?}", text.as_str());
                prop_assert!(read["a"].is_string() || read["a"].is_array(), "{:?}", text.as_str());
            }
        }

        #[test]
        fn hostile_text_keeps_the_shape_of_json(x in "[a-c\",:\\[\\]{}\\\\ \\n\u{e9}]{0,8}", quoted in any::<bool>()) {
            let text = made(if quoted { "{\"a\": \"{x}\", \"b\": 1}" } else { "{\"a\": {json}, \"b\": 1}" }, &x);
            if check(&text, "f.json").is_ok() {
                let read: serde_json::Value = serde_json::from_str(&text).unwrap();
                prop_assert_eq!((&read["b"], read.as_object().unwrap().len()), (&1.into(), 2));
            } else {
                prop_assert!(quoted);
            }
        }
    }
}
