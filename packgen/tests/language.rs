//! The language against Nomad's: what each expression is, what each template prints, and that no text,
//! however hostile, ends in anything but a value or a finding.

mod language {
    mod hostile;
    mod quoting;
    mod templates;
    mod vectors;
}
