//! What packgen's commands take, as whole processes: beside `nomad` and `nomad-pack` where they are found, and beside
//! an empty process and a plain copy of the same bytes, which are what the machine itself takes.

mod contest;
mod samples;

use acceptance_tests::{built, find};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::table::{at_least, judged, print};
use contest::{Contest, Side};

const ROUNDS: usize = 25;
/// For what takes the peers seconds.
const FEW_ROUNDS: usize = 3;
/// What the program has to stay below, in MiB.
const SIZE: f64 = 12.0;

/// The programs that are compared.
struct Programs {
    packgen: PathBuf,
    nomad: Option<PathBuf>,
    nomad_pack: Option<PathBuf>,
}

/// Measures and prints.
pub fn measure() {
    let Some(packgen) = built("packgen") else {
        println!("skipped: packgen not found beside this program (cargo build --release)");
        return;
    };
    let programs = Programs { packgen, nomad: peer("nomad"), nomad_pack: peer("nomad-pack") };
    let folder = tempfile::tempdir().expect("a folder can be made");
    size(&programs);
    render(&programs, folder.path());
    validate(&programs, folder.path());
    format(&programs, folder.path());
    many(&programs, folder.path());
    many_rendered(&programs, folder.path());
}

fn peer(name: &str) -> Option<PathBuf> {
    let found = find(name);
    if found.is_none() {
        println!("skipped: {name} not found, so there is nothing to compare with");
    }
    found
}

fn size(programs: &Programs) {
    let bytes = fs::metadata(&programs.packgen).expect("the program is there").len();
    print("Size of packgen", &[vec![judged(contest::mebibytes(bytes), "MiB", SIZE)]]);
}

fn render(programs: &Programs, folder: &Path) {
    let pack = folder.join("six");
    samples::pack(&pack);
    let jobs = folder.join("six-jobs");
    let rendered = run(command(&programs.packgen, &["render", "-o"]).arg(&jobs).arg(&pack));
    assert!(rendered, "the sample pack renders");
    let theirs = folder.join("six-theirs");
    samples::peers_pack(&jobs, &theirs);
    Contest::new(&format!("Render six jobs, {} lines", samples::lines(&jobs)), ROUNDS)
        .side(Side::ours(&programs.packgen, &["render", pack.to_str().unwrap_or_default()]).within(5.0, 12.0))
        .peer(programs.nomad_pack.as_ref(), "nomad-pack render", 5.0, |program| {
            command(program, &["render", theirs.to_str().unwrap_or_default()])
        })
        .floors(&jobs)
        .print();
    let stack = folder.join("stack");
    assert!(run(command(&programs.packgen, &["render", "observability_stack", "-o"]).arg(&stack)));
    Contest::new(&format!("Render observability_stack, {} lines", samples::lines(&stack)), ROUNDS)
        .side(Side::ours(&programs.packgen, &["render", "observability_stack"]).within(5.0, 12.0))
        .floors(&stack)
        .print();
}

fn validate(programs: &Programs, folder: &Path) {
    let (one, hundred) = (folder.join("one"), folder.join("hundred"));
    samples::jobspecs(&one, 1);
    samples::jobspecs(&hundred, 100);
    Contest::new("Validate a jobspec", ROUNDS)
        .side(Side::ours(&programs.packgen, &["validate", one.to_str().unwrap_or_default()]))
        .peer(programs.nomad.as_ref(), "nomad job validate", 15.0, |program| {
            command(program, &["job", "validate"]).also(samples::files(&one))
        })
        .floors(&one)
        .print();
    let mut contest = Contest::new("Validate 100 jobspecs", FEW_ROUNDS)
        .side(Side::ours(&programs.packgen, &["validate", hundred.to_str().unwrap_or_default()]));
    if let Some(nomad) = &programs.nomad {
        let each = samples::files(&hundred).into_iter();
        let commands = each.map(|file| command(nomad, &["job", "validate"]).also([file])).collect();
        contest = contest.side(Side::new("nomad job validate, each", commands).slower(50.0));
    }
    contest.floors(&hundred).print();
}

fn format(programs: &Programs, folder: &Path) {
    let hundred = folder.join("hundred");
    Contest::new("Format 100 jobspecs that are formatted", ROUNDS)
        .side(Side::ours(&programs.packgen, &["fmt", hundred.to_str().unwrap_or_default()]))
        .peer(programs.nomad.as_ref(), "nomad fmt", 10.0, |program| {
            command(program, &["fmt", hundred.to_str().unwrap_or_default()])
        })
        .floors(&hundred)
        .print();
    let restored = folder.join("shaken");
    samples::shaken(&hundred, &restored);
    Contest::new("Format 100 jobspecs that are not", ROUNDS)
        .before(|| samples::shaken(&hundred, &restored))
        .side(Side::ours(&programs.packgen, &["fmt", restored.to_str().unwrap_or_default()]))
        .peer(programs.nomad.as_ref(), "nomad fmt", 10.0, |program| {
            command(program, &["fmt", restored.to_str().unwrap_or_default()])
        })
        .floors(&restored)
        .print();
}

/// How fast text goes through, and whether more of it needs more memory.
fn many(programs: &Programs, folder: &Path) {
    let mut figures = Vec::new();
    for count in [1000, 10_000] {
        let place = folder.join(format!("many-{count}"));
        samples::jobspecs(&place, count);
        let mut side = Side::ours(&programs.packgen, &["validate", place.to_str().unwrap_or_default()]);
        figures.push((samples::bytes(&place), side.time(FEW_ROUNDS), side.peak()));
    }
    let [(fewer_bytes, fewer_time, fewer_peak), (bytes, time, peak)] = figures[..] else { return };
    let speed = contest::mebibytes(bytes - fewer_bytes) * 1e3 / (time - fewer_time);
    growth(
        "Validate 10,000 jobspecs in one process",
        [(fewer_time, fewer_peak), (time, peak)],
        at_least(speed, "MiB/s", 10.0),
    );
}

/// The same with packs of six jobs, which are evaluated and printed too.
fn many_rendered(programs: &Programs, folder: &Path) {
    let pack = folder.join("six");
    let figures = [1000_u16, 10_000].map(|jobs| {
        let pack = pack.to_str().unwrap_or_default();
        let packs = std::iter::repeat_n(pack, usize::from(jobs).div_ceil(samples::JOBS.len()));
        let arguments: Vec<&str> = std::iter::once("validate").chain(packs).collect();
        let mut side = Side::ours(&programs.packgen, &arguments);
        (side.time(1), side.peak_of(1))
    });
    let each = (figures[1].0 - figures[0].0) / 9000.0;
    growth("Render and validate 10,000 jobs in one process", figures, format!("{each:.2} ms each"));
}

/// Milliseconds and peak memory for 1,000 and for 10,000.
fn growth(title: &str, [(fewer_time, fewer_peak), (time, peak)]: [(f64, f64); 2], speed: String) {
    print(
        title,
        &[
            ["", "1,000", "10,000", "between them"].map(str::to_owned).to_vec(),
            vec!["time".to_owned(), format!("{fewer_time:.1} ms"), format!("{time:.1} ms"), speed],
            vec![
                "peak memory".to_owned(),
                format!("{fewer_peak:.2} MiB"),
                format!("{peak:.2} MiB"),
                judged(peak - fewer_peak, "MiB", 4.0),
            ],
        ],
    );
}

/// A command that neither reads the user's settings nor finds a cluster.
fn command(program: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(program);
    command.args(arguments).env("HOME", std::env::temp_dir()).env("NOMAD_ADDR", "http://127.0.0.1:1");
    command
}

fn run(command: &mut Command) -> bool {
    command.output().is_ok_and(|output| output.status.success())
}

/// More arguments, for commands that are made in one expression.
trait Also {
    fn also(self, arguments: impl IntoIterator<Item = PathBuf>) -> Self;
}

impl Also for Command {
    fn also(mut self, arguments: impl IntoIterator<Item = PathBuf>) -> Self {
        self.args(arguments);
        self
    }
}
