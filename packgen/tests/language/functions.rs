//! Functions whose results no list of expressions can hold: files, secrets, chance. And that no function
//! goes without a test.

use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
use aws_lc_rs::rsa::{KeySize, Pkcs1PublicEncryptingKey, PrivateDecryptingKey};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use packgen::hcl::eval::{Dialect, Env, Files};
use packgen::hcl::syntax::parse_expression;
use packgen::hcl::{Value, functions};
use packgen::lasting::Bytes;
use packgen::source::SourceMap;

/// Files that exist only here.
struct Fake;

impl Files for Fake {
    fn read(&self, path: &str) -> Result<Bytes<'_>, String> {
        let bytes: &[u8] = match path {
            "files/a.txt" => "a\u{e9}\n".as_bytes(),
            "/home/me/b" => &[0xff, 0x00],
            "t.tftpl" => b"%{ for x in list ~}\n- ${x} $${kept} {{ .Go }}\n%{ endfor ~}\n",
            "bad.tftpl" => b"line one\n${nope}\n",
            _ => return Err(format!("there is no file {path}")),
        };
        Ok(bytes.into())
    }

    fn exists(&self, path: &str) -> Result<bool, String> {
        Ok(path == "files/a.txt")
    }

    fn list(&self, folder: &str, pattern: &str) -> Result<Vec<String>, String> {
        Ok(vec![format!("{pattern} in {folder}"), "a".to_owned()])
    }

    fn absolute(&self, path: &str) -> Result<String, String> {
        Ok(format!("/base/{path}"))
    }

    fn home(&self) -> Result<String, String> {
        Ok("/home/me".to_owned())
    }
}

fn eval(text: &str, dialect: Dialect) -> Result<Value, String> {
    let sources = SourceMap::new();
    let file = sources.add("e", text);
    let expr = parse_expression(&sources, file).map_err(|findings| findings.text(&sources))?;
    let env = Env::new(&sources, dialect).with_files(&Fake);
    env.scope().eval(&expr).map_err(|finding| finding.text(&sources))
}

fn text(expression: &str) -> String {
    eval(expression, Dialect::Nomad).unwrap().as_str().unwrap().to_owned()
}

#[test]
fn files_are_read_by_their_name() {
    assert_eq!(text("file(\"files/a.txt\")"), "a\u{e9}\n");
    assert_eq!(text("filebase64(\"~/b\")"), "/wA=");
    assert_eq!(eval("fileexists(\"files/a.txt\")", Dialect::Nomad).unwrap(), true.into());
    assert_eq!(eval("fileexists(\"b\")", Dialect::Nomad).unwrap(), false.into());
    assert_eq!(text("pathexpand(\"~/x/../y\")"), "/home/me/y");
    assert_eq!(text("pathexpand(\"/x\")"), "/x");
    assert_eq!(text("abspath(\"x\")"), "/base/x");
    assert_eq!(text("join(\",\", convert(fileset(\"d\", \"*.txt\"), list(string)))"), "*.txt in d,a");
    assert!(eval("file(\"x\")", Dialect::Nomad).unwrap_err().contains("no file x"));
    assert!(eval("file(\"~/b\")", Dialect::Nomad).unwrap_err().contains("filebase64"));
}

#[test]
fn template_files_see_what_they_are_given() {
    let value = eval("templatefile(\"t.tftpl\", { list = [\"x\", 2] })", Dialect::Pack).unwrap();
    assert_eq!(value.as_str(), Some("- x ${kept} {{ .Go }}\n- 2 ${kept} {{ .Go }}\n"));
    let error = eval("templatefile(\"bad.tftpl\", { nop = 1 })", Dialect::Pack).unwrap_err();
    assert!(error.contains("--> bad.tftpl:2:3") && error.contains("did you mean `nop`?"), "{error}");
    assert!(eval("templatefile(\"t.tftpl\", {})", Dialect::Nomad).unwrap_err().contains("in packs only"));
}

#[test]
fn chance_is_for_bare_jobspecs_only() {
    let (first, second) = (text("uuidv4()"), text("uuidv4()"));
    assert!(first != second && first.len() == 36 && first.as_bytes()[14] == b'4', "{first} {second}");
    let hash = text("bcrypt(\"secret\", 4)");
    assert!(hash.starts_with("$2a$04$") && bcrypt::verify("secret", &hash).unwrap(), "{hash}");
    for call in ["uuidv4()", "bcrypt(\"x\")", "abspath(\"x\")", "pathexpand(\"x\")"] {
        let error = eval(call, Dialect::Pack).unwrap_err();
        assert!(error.contains("help:"), "{error}");
    }
    assert!(eval("bcrypt(\"x\", 4, 5)", Dialect::Nomad).is_err());
}

#[test]
fn what_was_encrypted_is_decrypted() {
    let key = PrivateDecryptingKey::generate(KeySize::Rsa2048).unwrap();
    let public = Pkcs1PublicEncryptingKey::new(key.public_key()).unwrap();
    let mut sealed = vec![0; public.ciphertext_size()];
    let sealed = public.encrypt(b"open sesame", &mut sealed).unwrap();
    let der: Pkcs8V1Der<'_> = key.as_der().unwrap();
    // The key that PEM calls RSA is what is in the wrapper, from its byte 26 on.
    let pem = format!(
        "-----BEGIN RSA PRIVATE KEY-----\\n{}\\n-----END RSA PRIVATE KEY-----\\n",
        STANDARD.encode(&der.as_ref()[26..])
    );
    let call = |sealed: &[u8], pem: &str| format!("rsadecrypt(\"{}\", \"{pem}\")", STANDARD.encode(sealed));
    assert_eq!(text(&call(sealed, &pem)), "open sesame");
    assert!(eval(&call(sealed, "no key"), Dialect::Nomad).unwrap_err().contains("PEM"));
    assert!(eval(&call(&sealed[1..], &pem), Dialect::Nomad).is_err());
}

#[test]
fn no_function_goes_without_a_test() {
    let vectors = include_str!("vectors.txt");
    let here = include_str!("functions.rs");
    let untested: Vec<&str> = functions::all()
        .map(|row| row.name)
        .filter(|name| {
            let called = format!("{name}(");
            let in_vectors = vectors
                .lines()
                .any(|line| line.split('\t').next().is_some_and(|first| first.contains(&called)));
            !in_vectors && !here.contains(&called)
        })
        .collect();
    assert!(untested.is_empty(), "{untested:?}");
}
