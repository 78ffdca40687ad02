//! HTML: text is escaped, and so are attributes in quotes. Where text would be code or a name, it is refused.

use super::{Carrier, Next, Quotes, Refusal};

/// An HTML or XML file.
#[derive(Default)]
pub(super) struct Html {
    state: State,
    /// The name of the tag that is being read, then that of the element whose text is code.
    tag: String,
    tail: String,
}

#[derive(Default, Clone, Copy, PartialEq, Eq)]
enum State {
    #[default]
    Text,
    /// The name of a tag.
    Name,
    /// Inside a tag, after its name.
    Tag,
    Quoted(char),
    Comment,
    /// Inside of `script` or `style`.
    Code,
}

impl Carrier for Html {
    fn fixed(&mut self, text: &str) {
        for char in text.chars() {
            self.tail.push(char.to_ascii_lowercase());
            if self.tail.chars().count() > 9 {
                self.tail.remove(0);
            }
            self.step(char);
        }
    }

    fn value(&mut self, value: &str, _: Next<'_>) -> Result<String, Refusal> {
        self.tail.clear();
        match self.state {
            State::Text | State::Quoted(_) => Ok(escaped(value)),
            _ => Err(self.refusal()),
        }
    }

    fn whole(&mut self, _: &str, _: Next<'_>) -> Result<(), Refusal> {
        Err(Refusal::new("HTML has no whole values", "print the value without the helper"))
    }

    /// A text that the author has escaped may hold `&…;`.
    fn stays(&mut self, text: &str, _: Next<'_>) -> Result<(), Refusal> {
        self.tail.clear();
        let special: &[char] = match self.state {
            State::Text => &['<'],
            State::Quoted('"') => &['"'],
            State::Quoted(_) => &['\''],
            _ => return Err(self.refusal()),
        };
        if text.contains(special) {
            let cure = "escape it: `replace(replace(replace(x, \"&\", \"&amp;\"), \"<\", \"&lt;\"), \">\", \"&gt;\")`, and quotes in attributes";
            return Err(Refusal::new("this text would become a part of the page's code", cure));
        }
        Ok(())
    }

    fn quotes(&self) -> Quotes {
        Quotes::None
    }
}

impl Html {
    fn step(&mut self, char: char) {
        self.state = match (self.state, char) {
            (State::Text, '<') => {
                self.tag.clear();
                State::Name
            }
            (State::Name, '-') if self.tail.ends_with("<!--") => State::Comment,
            (State::Name | State::Tag, '>') if matches!(self.tag.as_str(), "script" | "style") => State::Code,
            (State::Name | State::Tag, '>') => State::Text,
            (State::Name, char) if char.is_whitespace() => State::Tag,
            (State::Name, char) => {
                self.tag.push(char.to_ascii_lowercase());
                State::Name
            }
            (State::Tag, '"' | '\'') => State::Quoted(char),
            (State::Quoted(quote), char) if quote == char => State::Tag,
            (State::Comment, '>') if self.tail.ends_with("-->") => State::Text,
            (State::Code, '>') if self.tail.ends_with(&format!("</{}>", self.tag)) => State::Text,
            (same, _) => same,
        };
    }

    fn refusal(&self) -> Refusal {
        let place = match self.state {
            State::Code => "a script or a style sheet",
            State::Comment => "a comment",
            _ => "a tag",
        };
        Refusal::new(
            format!("text that a user gave cannot stand in {place}"),
            "put it into the page's text or into an attribute with quotes around it",
        )
    }
}

fn escaped(value: &str) -> String {
    let mut out = String::with_capacity(value.len());
    for char in value.chars() {
        match char {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            char => out.push(char),
        }
    }
    out
}
