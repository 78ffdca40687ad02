//! Sides that do the same, measured in turns: so a busy moment of the machine meets all of them.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use crate::memory::kibibytes;
use crate::table::{at_least, judged, median, milliseconds, print};

const PEAK_ROUNDS: usize = 5;

/// Sides that do the same; the first one is ours.
pub struct Contest<'c> {
    title: String,
    rounds: usize,
    before: Box<dyn Fn() + 'c>,
    sides: Vec<Side>,
}

/// One side: commands that it runs one after the other, and what is expected of it.
pub struct Side {
    name: String,
    commands: Vec<Command>,
    /// The most milliseconds and MiB it may take.
    most: Option<(f64, f64)>,
    /// How many times slower than the first side it is expected to be.
    slower: Option<f64>,
}

impl Side {
    /// A side with its commands.
    pub fn new(name: &str, commands: Vec<Command>) -> Self {
        Side { name: name.to_owned(), commands, most: None, slower: None }
    }

    /// Our side.
    pub fn ours(packgen: &Path, arguments: &[&str]) -> Self {
        let verb = arguments.first().copied().unwrap_or_default();
        Side::new(&format!("packgen {verb}"), vec![super::command(packgen, arguments)])
    }

    /// The most that it may take, in milliseconds and in MiB.
    pub fn within(self, milliseconds: f64, mebibytes: f64) -> Self {
        Side { most: Some((milliseconds, mebibytes)), ..self }
    }

    /// How many times slower than the first side it is expected to be, at least.
    pub fn slower(self, times: f64) -> Self {
        Side { slower: Some(times), ..self }
    }

    /// Runs its commands, and gives the milliseconds.
    fn run(&mut self) -> f64 {
        let begun = Instant::now();
        for command in &mut self.commands {
            quiet(command).status().expect("the program can be started");
        }
        milliseconds(begun.elapsed())
    }

    /// The median of some runs, in milliseconds.
    pub fn time(&mut self, rounds: usize) -> f64 {
        median(&(0..rounds).map(|_| self.run()).collect::<Vec<_>>())
    }

    /// The most memory that one of its first commands has, in MiB, looked at as often as the machine can.
    pub fn peak(&mut self) -> f64 {
        self.peak_of(PEAK_ROUNDS)
    }

    /// The same of so many runs.
    pub fn peak_of(&mut self, rounds: usize) -> f64 {
        let Some(first) = self.commands.first_mut() else { return 0.0 };
        let mut peak = || {
            let mut child = quiet(first).spawn().expect("the program can be started");
            let mut peak = 0;
            while child.try_wait().expect("a child can be waited for").is_none() {
                peak = kibibytes(child.id()).map_or(peak, |now| peak.max(now));
            }
            peak * 1024
        };
        mebibytes(median(&(0..rounds).map(|_| peak()).collect::<Vec<_>>()))
    }
}

impl<'c> Contest<'c> {
    /// A contest of so many rounds.
    pub fn new(title: &str, rounds: usize) -> Self {
        Contest { title: title.to_owned(), rounds, before: Box::new(|| ()), sides: Vec::new() }
    }

    /// What is done before each turn, and not measured.
    pub fn before(self, before: impl Fn() + 'c) -> Self {
        Contest { before: Box::new(before), ..self }
    }

    /// Adds a side.
    pub fn side(mut self, side: Side) -> Self {
        self.sides.push(side);
        self
    }

    /// Adds a peer if it was found; it is expected to be so many times slower.
    pub fn peer(
        self,
        program: Option<&PathBuf>,
        name: &str,
        times: f64,
        command: impl Fn(&Path) -> Command,
    ) -> Self {
        match program {
            Some(program) => self.side(Side::new(name, vec![command(program)]).slower(times)),
            None => self,
        }
    }

    /// Adds what the machine itself takes: an empty process, and one that copies the bytes in a folder.
    pub fn floors(self, folder: &Path) -> Self {
        let files = super::samples::files(folder);
        let mut copy = Command::new("cat");
        copy.args(files);
        self.side(Side::new("empty process", vec![Command::new("true")]))
            .side(Side::new("plain copy", vec![copy]))
    }

    /// Measures and prints.
    pub fn print(mut self) {
        let mut times = vec![Vec::new(); self.sides.len()];
        for _ in 0..self.rounds {
            for (side, times) in self.sides.iter_mut().zip(&mut times) {
                (self.before)();
                times.push(side.run());
            }
        }
        let medians: Vec<f64> = times.iter().map(|times| median(times)).collect();
        let ours = medians.first().copied().unwrap_or_default();
        let mut rows = vec![["", "time", "of ours", "peak memory"].map(str::to_owned).to_vec()];
        for (side, time) in self.sides.iter_mut().zip(medians) {
            (self.before)();
            rows.push(side.row(time, time / ours));
        }
        print(&format!("{} (medians of {})", self.title, self.rounds), &rows);
    }
}

impl Side {
    fn row(&mut self, time: f64, times: f64) -> Vec<String> {
        let peak = self.peak();
        let (time, peak) = match self.most {
            Some((most, most_memory)) => (judged(time, "ms", most), judged(peak, "MiB", most_memory)),
            None => (format!("{time:.2} ms"), format!("{peak:.2} MiB")),
        };
        let times = self.slower.map_or_else(|| format!("{times:.2} ×"), |least| at_least(times, "×", least));
        vec![self.name.clone(), time, times, peak]
    }
}

fn quiet(command: &mut Command) -> &mut Command {
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null())
}

/// MiB.
#[expect(clippy::cast_precision_loss, reason = "a program has fewer bytes than a float has digits")]
pub fn mebibytes(bytes: u64) -> f64 {
    bytes as f64 / f64::from(1 << 20)
}
