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

use std::ffi::OsString;
use std::process::ExitCode;

use clap::{Args, FromArgMatches, Parser, Subcommand};
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
    #[command(flatten)]
    general: General,
    #[command(subcommand)]
    command: Command,
}

// What all commands take. (What stood here as documentation would be shown as that of the program.)
#[derive(Debug, Args)]
struct General {
    /// Print one JSON document instead of text; its `version` is 1.
    #[arg(long, global = true)]
    json: bool,
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

/// How a command describes what it takes.
type Describe = fn(clap::Command) -> clap::Command;

/// The commands that are run again and again, for every file.
const FREQUENT: [(&str, Describe); 3] = [
    ("fmt", fmt::Fmt::augment_args),
    ("render", render::Render::augment_args),
    ("validate", validate::Validate::augment_args),
];

/// The command line of a frequent command, read with the description of that command alone: to describe all of them is a
/// twentieth of a render. What it cannot read, help among it, is left to the description of all.
fn frequent(args: &[OsString]) -> Option<Cli> {
    let first = args.get(1)?;
    let (name, describe) = FREQUENT.iter().find(|(name, _)| first == name)?;
    let program = General::augment_args(clap::Command::new("packgen"));
    let described = program.subcommand(describe(clap::Command::new(*name)));
    Cli::from_arg_matches(&described.try_get_matches_from(args).ok()?).ok()
}

/// Runs the command that the process was started with.
pub fn main() -> ExitCode {
    let terminal = Terminal::of_process();
    let args: Vec<OsString> = std::env::args_os().collect();
    let cli = match frequent(&args).map_or_else(|| Cli::try_parse_from(&args), Ok) {
        Ok(cli) => cli,
        Err(wrong) if wrong.use_stderr() && args.iter().any(|arg| arg == "--json") => {
            return terminal.finish("usage", &Session::new(terminal, true), Err(usage(&wrong)));
        }
        Err(wrong) => return terminal.usage(&wrong),
    };
    let session = Session::new(terminal, cli.general.json);
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frequent_commands_are_read_as_all_are() {
        for line in [
            "packgen render x --var a=1 -f b --json -o out",
            "packgen render - --format json",
            "packgen validate a b --json",
            "packgen fmt --check a b",
        ] {
            let args: Vec<OsString> = line.split(' ').map(OsString::from).collect();
            let all = Cli::try_parse_from(&args).unwrap();
            assert_eq!(format!("{:?}", frequent(&args).unwrap()), format!("{all:?}"), "{line}");
        }
        for line in
            ["packgen", "packgen list", "packgen render", "packgen render --help", "packgen fmt --nope x"]
        {
            let args: Vec<OsString> = line.split(' ').map(OsString::from).collect();
            assert!(frequent(&args).is_none(), "{line}");
        }
    }
}
