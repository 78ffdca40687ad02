//! Runs the program in a folder of its own, with an environment of its own.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use tempfile::TempDir;

/// A folder.
pub struct Fixture(TempDir);

impl Fixture {
    /// An empty folder.
    pub fn new() -> Self {
        Fixture(tempfile::tempdir().unwrap())
    }

    /// Writes a file.
    pub fn file(self, path: &str, text: &str) -> Self {
        let path = self.0.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
        self
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        self.0.path()
    }

    /// Runs the program; the result is everything that came out of it.
    pub fn run(&self, args: &[&str]) -> String {
        self.run_with(args, "", &[])
    }

    /// Runs the program with standard input and environment variables.
    pub fn run_with(&self, args: &[&str], input: &str, env: &[(&str, &str)]) -> String {
        let mut command = Command::new(env!("CARGO_BIN_EXE_packgen"));
        command.args(args).current_dir(self.path()).env_clear().envs(env.iter().copied());
        let mut child =
            command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
        let output = child.wait_with_output().unwrap();
        let (out, err) =
            (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap());
        let err = if err.is_empty() { String::new() } else { format!("--- stderr\n{err}") };
        format!("status {}\n{out}{err}", output.status.code().unwrap())
    }
}
