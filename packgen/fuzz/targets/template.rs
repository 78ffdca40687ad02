//! Any bytes are a template or findings, as handlebars and as an HCL template, for a file of any kind (the first byte
//! says which). What a user gave stays in its place: a job that was rendered is printed and read back as it is.
#![no_main]

use std::sync::Arc;

use libfuzzer_sys::fuzz_target;
use packgen::hcl::variables::{Inputs, Layer, Source};
use packgen::hcl::Value;
use packgen::jobspec::{bare, diff};
use packgen::pack::{Memory, Pack, Request};
use packgen::source::SourceMap;

const KINDS: [&str; 10] = ["yaml", "json", "toml", "ini", "env", "alloy", "nginx.conf", "sh", "html", "txt"];
const HOSTILE: &str = "a\"'\\\n: #{{x}}${y}%{z}\n]<b>";

fuzz_target!(|input: &[u8]| {
    let Some((kind, text)) = input.split_first() else { return };
    let ending = KINDS[usize::from(kind.wrapping_sub(b'0')) % KINDS.len()];
    let call = |name: &str, file: &str| {
        format!("{name}(\"files/x.{file}\", {{ list = var.list, object = {{ k = var.text }}, on = true, text = var.text }})")
    };
    let templates = [("template", format!("{ending}.hbs")), ("templatefile", format!("{ending}.tftpl"))];
    for (name, file) in templates {
        let data = call(name, &file);
        let job = format!(
            "job \"j\" {{\n group \"g\" {{\n  task \"t\" {{\n   driver = \"docker\"\n   config {{\n    image = \"i:1\"\n   }}\n   template {{\n    destination = \"local/x\"\n    left_delimiter = \"<<<<\"\n    data = {data}\n   }}\n  }}\n }}\n}}\n"
        );
        let folder = Memory::new("p")
            .with("pack.hcl", "pack \"p\" {\n version = \"1\"\n summary = \"s\"\n}\njob \"j\" {}\n")
            .with("variables.hcl", "variable \"text\" {\n type = string\n}\nvariable \"list\" {\n type = list(string)\n}\n")
            .with("j.nomad.hcl", job)
            .with(format!("files/x.{file}"), text.to_vec());
        let sources = Arc::new(SourceMap::new());
        let (pack, _) = Pack::load(Arc::new(folder), sources.clone()).map_err(|found| found.text(&sources)).expect("the pack is right");
        let list = Value::tuple(vec![HOSTILE.into(), "plain".into()]);
        let given = [("text".to_owned(), Value::from(HOSTILE)), ("list".to_owned(), list)];
        let request = Request { inputs: Inputs::default().with(Layer::values(Source::Provider, given)), ..Request::default() };
        match pack.render(&request) {
            Err(findings) => {
                assert!(findings.has_errors());
                let _ = findings.text(&sources);
            }
            Ok(rendered) => {
                let jobs = rendered.jobs.expect("which jobs run is known");
                let text = jobs[0].text.as_ref().expect("all is known");
                let file = sources.add("again.nomad.hcl", text.as_str());
                let (again, findings) = bare::read(&sources, file, &bare::Inputs::default());
                assert!(!findings.has_errors(), "{}", findings.text(&sources));
                let changes = diff::jobs(jobs[0].block().expect("a job"), &again.blocks[0]);
                assert!(changes.is_empty(), "{changes:?}");
            }
        }
    }
});
