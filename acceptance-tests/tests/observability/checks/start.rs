//! Each program started with its job's own arguments and files, in each variant, alone in a network of its own: what a
//! configuration's check does not see (a backend, a receiver, a reference of the wrong type) is refused here.
//!
//! Needs root and `unshare`. Nothing is asked of a cloud: a bucket is one that a stand-in serves here.

use acceptance_tests::find;
use libtest_mimic::Trial;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

use crate::http;
use crate::pack::{Job, render};
use crate::programs::{here, must};
use crate::resolved::{BUCKET, Resolved};
use acceptance_tests::variants::{STACK, Variant};

/// A job's program, and where it says that it runs.
struct Start {
    job: &'static str,
    program: &'static str,
    address: &'static str,
    path: &'static str,
}

const STARTS: &[Start] = &[
    Start { job: "alertmanager", program: "alertmanager", address: "127.0.0.1:9093", path: "/-/ready" },
    Start { job: "alloy", program: "alloy", address: "127.0.0.1:12345", path: "/-/ready" },
    Start { job: "blackbox", program: "blackbox_exporter", address: "127.0.0.1:9115", path: "/-/healthy" },
    // It calls itself ready only after ten seconds; that its parts run, it says at once.
    Start { job: "loki", program: "loki", address: "127.0.0.1:3100", path: "/metrics" },
    Start { job: "prometheus", program: "prometheus", address: "127.0.0.1:9090", path: "/-/ready" },
    Start { job: "tempo", program: "tempo", address: "127.0.0.1:3200", path: "/ready" },
];

/// The word by which this program knows that it is in the network of its own.
const INSIDE: &str = "--start";
/// How long a program may take, on a busy machine.
const PATIENCE: Duration = Duration::from_mins(1);

/// What happens in there: address, path, the bucket's server or `-`, then the program with its arguments.
pub fn inside() -> Option<ExitCode> {
    let mut arguments = std::env::args().skip(1);
    if arguments.next()? != INSIDE {
        return None;
    }
    let (address, path, server, program) =
        (arguments.next()?, arguments.next()?, arguments.next()?, arguments.next()?);
    must(Command::new("ip").args(["link", "set", "lo", "up"]));
    let bucket = (server != "-").then(|| serve_bucket(&server));
    let mut child = Command::new(program).args(arguments).stdin(Stdio::null()).spawn().expect("it starts");
    let told = answers(&mut child, &address, &path);
    for mut running in bucket.into_iter().chain([child]) {
        let _ended_already = running.kill();
        running.wait().expect("what was started ends");
    }
    Some(told.map_or_else(
        |why| {
            eprintln!("{address}{path} does not answer: {why}");
            ExitCode::FAILURE
        },
        |()| ExitCode::SUCCESS,
    ))
}

/// Waits for a program's answer; the error is why there is none.
fn answers(child: &mut Child, address: &str, path: &str) -> Result<(), String> {
    let begun = Instant::now();
    while http::get(address, path).status != 200 {
        if let Some(status) = child.try_wait().expect("it can be asked") {
            return Err(format!("it has ended with {status}"));
        }
        if begun.elapsed() > PATIENCE {
            return Err(format!("it has had {PATIENCE:?}"));
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    Ok(())
}

fn serve_bucket(server: &str) -> Child {
    let (host, port) = BUCKET.split_once(':').expect("host and port");
    let mut command = Command::new(server);
    command.args(["-H", host, "-p", port]).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let child = command.spawn().expect("the bucket's server starts");
    let made = acceptance_tests::wait_until(PATIENCE, || http::send("PUT", BUCKET, "/obs", "").status == 200);
    assert!(made, "the bucket's server does not answer");
    child
}

pub fn trials(quiet: bool) -> Vec<Trial> {
    let root = rustix::process::geteuid().is_root();
    if !root || find("unshare").is_none() {
        if !quiet {
            eprintln!("skipped: programs alone in a network: root or unshare not found");
        }
        return Vec::new();
    }
    let bucket = here("moto_server", "stores that write to a bucket", quiet);
    let mut trials = Vec::new();
    for start in STARTS {
        let Some(program) = here(start.program, start.job, quiet) else { continue };
        let fits = |variant: &&Variant| stored_here(start.job, variant, bucket.is_some());
        for variant in STACK.iter().filter(fits) {
            let (program, bucket) = (program.clone(), bucket.clone());
            let name = format!("starts::{}::{}", start.job, variant.name);
            trials.push(Trial::test(name, move || {
                run(start, &program, bucket.as_deref(), variant);
                Ok(())
            }));
        }
    }
    trials
}

/// Whether the store of a variant can be had here: no cloud gives keys to these machines.
fn stored_here(job: &str, variant: &Variant, bucket: bool) -> bool {
    let store = matches!(job, "loki" | "tempo");
    match variant.name {
        "bucket" if store => bucket,
        "nomad" => !store,
        _ => true,
    }
}

fn run(start: &Start, program: &Path, bucket: Option<&Path>, variant: &Variant) {
    let rendered = render(variant.variables);
    let Some(job) = rendered.job(start.job) else { return };
    let files = Resolved::new(job);
    let server =
        bucket.filter(|_| variant.name == "bucket").map_or_else(|| PathBuf::from("-"), Path::to_owned);
    let mut command = Command::new(find("unshare").expect("unshare is here"));
    command.args(["--net", "--pid", "--fork", "--kill-child"]);
    command.arg(std::env::current_exe().expect("this program has a path"));
    command.args([INSIDE, start.address, start.path]).arg(server).arg(program).args(arguments(job, &files));
    must(environment(&mut command).current_dir(files.path("")));
}

/// The job's arguments, with paths here.
fn arguments(job: Job<'_>, files: &Resolved) -> Vec<String> {
    job.arguments()
        .map(|argument| files.led_here(&argument.replace("${NOMAD_ADDR_http}", "127.0.0.1:12345")))
        .collect()
}

fn environment(command: &mut Command) -> &mut Command {
    command
        .env("NOMAD_ADDR_otlp_grpc", "127.0.0.1:4317")
        .env("NOMAD_ADDR_otlp_http", "127.0.0.1:4318")
        .env("NODE_NAME", "node")
        .env("NOMAD_AGENT", "127.0.0.1:4646")
        .env("S3_ACCESS_KEY_ID", "key")
        .env("S3_SECRET_ACCESS_KEY", "secret")
}
