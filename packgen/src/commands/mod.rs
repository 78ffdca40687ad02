//! The commands: one file each. A command takes its flags, looks at the world through [`Session`] and
//! gives a [`Reply`]; only `terminal` writes.

mod completions;
mod diff;
mod docs;
mod fmt;
mod list;
mod man;
mod needs;
mod render;
mod reply;
mod session;
mod show;
mod target;
mod terminal;
mod test;
mod validate;
mod variables;

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use packgen::source::Diagnostics;

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
    Docs(docs::Docs),
    Render(render::Render),
    Validate(validate::Validate),
    Fmt(fmt::Fmt),
    Diff(diff::Diff),
    Test(test::Test),
    Completions(completions::Completions),
    Man(man::Man),
}

/// What a command comes to: a reply, or what made one impossible.
type Outcome = Result<Reply, Diagnostics>;

impl Command {
    fn name(&self) -> &'static str {
        match self {
            Command::List(_) => "list",
            Command::Show(_) => "show",
            Command::Docs(_) => "docs",
            Command::Render(_) => "render",
            Command::Validate(_) => "validate",
            Command::Fmt(_) => "fmt",
            Command::Diff(_) => "diff",
            Command::Test(_) => "test",
            Command::Completions(_) => "completions",
            Command::Man(_) => "man",
        }
    }

    fn run(&self, session: &Session) -> Outcome {
        match self {
            Command::List(command) => command.run(session),
            Command::Show(command) => command.run(session),
            Command::Docs(command) => command.run(session),
            Command::Render(command) => command.run(session),
            Command::Validate(command) => command.run(session),
            Command::Fmt(command) => command.run(session),
            Command::Diff(command) => command.run(session),
            Command::Test(command) => command.run(session),
            Command::Completions(command) => command.run(session),
            Command::Man(command) => command.run(session),
        }
    }
}

/// Runs the command that the process was started with.
pub fn main() -> ExitCode {
    let terminal = Terminal::of_process();
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(wrong) => return terminal.usage(&wrong),
    };
    let session = Session::new();
    let outcome = cli.command.run(&session);
    terminal.finish(cli.command.name(), cli.json, &session, outcome)
}
