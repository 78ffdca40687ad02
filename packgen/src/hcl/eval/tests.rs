//! The evaluator at work on whole expressions.

use super::*;
use crate::source::SourceMap;

fn eval(text: &str) -> Result<Value, String> {
    let sources = SourceMap::new();
    let file = sources.add("e", text);
    let expr = crate::hcl::syntax::parse_expression(&sources, file).map_err(|all| all.text(&sources))?;
    let env = Env::new(&sources, Dialect::Nomad);
    env.scope().eval(&expr).map_err(|finding| finding.text(&sources))
}

#[test]
fn arithmetic_and_templates() {
    assert_eq!(eval("1 + 2 * 3").unwrap(), 7.into());
    assert_eq!(eval("\"a${1 + 1}b\"").unwrap(), "a2b".into());
    assert_eq!(eval("\"${attr.kernel.name}\"").unwrap(), "${attr.kernel.name}".into());
}
