//! The commands: one file each. A command takes its flags, looks at the world through [`Session`] and
//! gives a [`Reply`]; only `terminal` writes.

mod cluster;
mod completions;
mod diff;
mod docs;
mod export;
mod fmt;
mod list;
mod man;
mod needs;
mod new;
mod plan;
mod prepared;
mod render;
mod reply;
mod run;
mod session;
mod show;
mod target;
mod terminal;
mod test;
mod validate;
mod variables;

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use packgen::source::{Diagnostic, Diagnostics, Span};

use reply::Reply;
use session::Session;
use terminal::Terminal;

/// Turns packs and jobspecs into jobs that Nomad takes, and says where they are wrong.
///
/// Data goes to standard output, words go to standard error. `-` stands for standard input.
/// Exit status: 0 all is well, 1 an error, 2 there are differences (`diff`, `fmt --check`, `--detailed-exitcode`).
#[derive(Debug, Parser)]
#[command(name = "packgen", version, max_term_width = 100, disable_help_subcommand = true)]
pub struct Cli {
    /// Print one JSON document instead of text; its `version` is 1.
    #[arg(long, global = true)]
    json: bool,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    List(list::List),
    Show(show::Show),
    New(new::New),
    Docs(docs::Docs),
    Render(render::Render),
    Validate(validate::Validate),
    Fmt(fmt::Fmt),
    Diff(diff::Diff),
    Test(test::Test),
    Plan(plan::Plan),
    Run(run::Run),
    Export(export::Export),
    Completions(completions::Completions),
    Man(man::Man),
}

/// What a command comes to: a reply, or what made one impossible.
type Outcome = Result<Reply, Diagnostics>;

/// A command.
trait Run {
    /// Does what the command is for.
    fn run(&self, session: &Session) -> Outcome;
}

impl Command {
    /// Its name, and itself.
    fn parts(&self) -> (&'static str, &dyn Run) {
        match self {
            Command::List(command) => ("list", command),
            Command::Show(command) => ("show", command),
            Command::New(command) => ("new", command),
            Command::Docs(command) => ("docs", command),
            Command::Render(command) => ("render", command),
            Command::Validate(command) => ("validate", command),
            Command::Fmt(command) => ("fmt", command),
            Command::Diff(command) => ("diff", command),
            Command::Test(command) => ("test", command),
            Command::Plan(command) => ("plan", command),
            Command::Run(command) => ("run", command),
            Command::Export(command) => ("export", command),
            Command::Completions(command) => ("completions", command),
            Command::Man(command) => ("man", command),
        }
    }
}

/// Runs the command that the process was started with.
pub fn main() -> ExitCode {
    let terminal = Terminal::of_process();
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(wrong) if wrong.use_stderr() && std::env::args_os().any(|arg| arg == "--json") => {
            return terminal.finish("usage", &Session::new(terminal, true), Err(usage(&wrong)));
        }
        Err(wrong) => return terminal.usage(&wrong),
    };
    let session = Session::new(terminal, cli.json);
    let (name, command) = cli.command.parts();
    terminal.finish(name, &session, command.run(&session))
}

/// What clap has to say as a finding: its first line, and the rest as the cure.
fn usage(wrong: &clap::Error) -> Diagnostics {
    let text = wrong.render().to_string();
    let (message, help) = text.trim().split_once('\n').unwrap_or((text.trim(), ""));
    let message = message.strip_prefix("error: ").unwrap_or(message);
    let finding = Diagnostic::error("usage", message, Span::NONE);
    if help.trim().is_empty() { finding.into() } else { finding.help(help.trim()).into() }
}
