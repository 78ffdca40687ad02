//! The platform `qemu`: Terraform makes the machine, and what is on it over SSH, from its first day to its last.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, SystemTime};

use acceptance_tests::{Cli, Mirror, Outcome, Provider, Running, Workspace};
use hosts::qemu::{Place, Status};
use serde_json::json;

use super::asking::Asking;
use super::machine::{Image, block_on, ssh};

/// What a system may take to shut down.
const ORDERLY: Duration = Duration::from_mins(3);

/// The sizes of the story, as its pool has them.
const SMALL: &str = r#"machine {
      memory = 1536
    }
    volume {
      name = "data"
      path = "/srv/data"
      size = 1
    }"#;
const LARGE: &str = r#"ingress = true
    machine {
      cpus   = 3
      memory = 1792
      disk   = 21
    }
    volume {
      name = "data"
      path = "/srv/data"
      size = 2
    }"#;

/// A change of a machine, in software on a busy one.
const PATIENCE: Duration = Duration::from_mins(25);

/// The machine of a story, gone when this is dropped.
struct Guard(Place);

impl Drop for Guard {
    fn drop(&mut self) {
        let _ = block_on(self.0.destroy(Duration::ZERO));
    }
}

/// One host that is everything: made, found as it is, stopped by somebody, started again, and gone in the end.
pub fn lives(cli: &Cli, provider: &Provider, nomad: &Path, image: &Image) {
    let here = Workspace::new(cli, provider);
    let mirror = Mirror::of(&here.path("objects"), "127.0.0.1");
    let binaries = mirror.agent("nomad", nomad, "10.0.2.2") + &mirror.cni("10.0.2.2");
    let key = super::key(&here);
    let folder = here.path("objects/machines");
    let text = |size: &str| config(image, &folder, &key, &binaries, size);
    here.config(&text(SMALL));
    let guard = Guard(Place { name: "lab-one".into(), folder: folder.join("one") });
    let before = (fs::metadata(image.disk()).expect("there is an image"), seen(image));

    run(&here, &["plan"]).ok().says("make the machine of one").says("set up server one: it is new");
    let began = Instant::now();
    finished(&here, "a machine that is a cluster");
    eprintln!("made and set up: {:.0} s", began.elapsed().as_secs_f64());
    nothing_to_do(&here);
    let asking = Asking::of(&here, nomad);
    asking.until(&["server", "members"], |said| said.contains("alive"));
    asking.until(&["node", "status"], |said| said.contains("one") && said.contains("ready"));
    asking.refused_without_token();
    pinned(&here, &guard.0);
    imported(&here, &folder);

    let Ok(Status::Running { pid }) = block_on(guard.0.status()) else {
        unreachable!("it runs");
    };
    let began = Instant::now();
    block_on(guard.0.stop(ORDERLY)).expect("it can be stopped");
    assert!(began.elapsed() < ORDERLY, "its system shuts down when it is asked to");
    eprintln!("shut down: {:.0} s", began.elapsed().as_secs_f64());
    run(&here, &["plan"])
        .ok()
        .says("one: machine running → stopped")
        .says("start the machine of one: it is stopped");
    let began = Instant::now();
    finished(&here, "the machine was started again");
    eprintln!("started again: {:.0} s", began.elapsed().as_secs_f64());
    assert!(!matches!(block_on(guard.0.status()), Ok(Status::Running { pid: again }) if again == pid));
    Asking::of(&here, nomad).until(&["node", "status"], |said| said.contains("ready"));
    nothing_to_do(&here);
    grows(&here, &guard.0, &key, &text);
    Asking::of(&here, nomad).until(&["node", "status"], |said| said.contains("ready"));

    run(&here, &["destroy", "-auto-approve"]).exits(1).says("Data would be lost: one/data");
    here.config(&text(LARGE).replacen("  qemu {", "  delete_data = [\"one/data\"]\n  qemu {", 1));
    finished(&here, "its data may go");
    let outcome = run(&here, &["destroy", "-auto-approve"]);
    assert_eq!(outcome.code, Some(0), "{outcome}");
    assert!(here.state().is_empty() && !folder.exists(), "something is left in {}", folder.display());
    let command = fs::read_to_string(format!("/proc/{pid}/cmdline")).unwrap_or_default();
    assert!(!command.contains("lab-one"), "the machine is still there");
    assert_eq!((before.0.len(), before.1), (image_length(image), seen(image)), "the image stays as it is");
    here.check_leftovers();
}

/// More processors, more memory, and larger disks, whose data is still there.
fn grows(here: &Workspace, place: &Place, key: &Path, config: &dyn Fn(&str) -> String) {
    let port = |what: &str| {
        place.record().expect("it can be read").and_then(|record| record.ports.get(what).copied())
    };
    let inside = |words: &str| ssh(port("ssh").expect("there is one"), key, words).expect("it lets us in");
    let sizes =
        "nproc; free --mebi | awk '/^Mem:/ { print $2 }'; df --output=size -BM / /srv/data | tail -n 2";
    eprintln!("before: {}", inside(sizes).split_whitespace().collect::<Vec<_>>().join(" "));
    inside("echo kept | sudo tee /srv/data/file");
    here.config(&config(LARGE));
    run(here, &["plan"]).ok().says(
        "restart the machine of one: 3 processors (2), 1792 MiB (1536), a disk of 21 GiB (20), a volume data of 2 GiB (1), ports for http and https",
    );
    let Ok(Status::Running { pid }) = block_on(place.status()) else { unreachable!("it runs") };
    let began = Instant::now();
    finished(here, "the machine became larger");
    eprintln!("made larger: {:.0} s", began.elapsed().as_secs_f64());
    assert!(!matches!(block_on(place.status()), Ok(Status::Running { pid: again }) if again == pid));
    nothing_to_do(here);

    let said = inside(sizes);
    let said: Vec<u32> =
        said.split_whitespace().filter_map(|word| word.trim_end_matches('M').parse().ok()).collect();
    eprintln!("afterwards: {said:?}");
    let [processors, memory, disk, volume] = said[..] else { unreachable!("four numbers: {said:?}") };
    assert!(processors == 3 && memory > 1600 && disk > 20 * 1024 && volume > 1900, "{said:?}");
    assert_eq!(inside("cat /srv/data/file").trim(), "kept");
    let ports = here.state().attribute("lostops_cluster.c.hosts.one.ports").clone();
    assert_eq!((&ports["http"], &ports["https"]), (&json!(port("http")), &json!(port("https"))));
}

/// The host has the key that we gave it, and the state has nothing that opens a door.
fn pinned(here: &Workspace, place: &Place) {
    let record = place.record().expect("it can be read").expect("it is there");
    assert_eq!(here.state().attribute("lostops_cluster.c.hosts.one.host_key"), &json!(record.host_key));
    let state = fs::read_to_string(here.path("config/terraform.tfstate")).expect("there is a state");
    assert!(!state.contains("\"master\"") && !state.contains("PRIVATE KEY"), "the state has no root secrets");
}

/// Who has no state any more finds it by its folder, and nothing is different.
fn imported(here: &Workspace, folder: &Path) {
    let before = here.state().attribute("lostops_cluster.c.hosts").clone();
    run(here, &["state", "rm", "lostops_cluster.c"]).ok();
    run(here, &["import", "lostops_cluster.c", &format!("qemu://{}", folder.display())]).ok();
    assert_eq!(*here.state().attribute("lostops_cluster.c.hosts"), before);
    nothing_to_do(here);
}

#[track_caller]
fn finished(here: &Workspace, what: &str) {
    let outcome = run(here, &["apply", "-auto-approve"]);
    let complete = here.state().attribute("lostops_cluster.c.complete").clone();
    let told = fs::read_to_string(here.path("progress")).unwrap_or_default();
    assert!(outcome.code == Some(0) && complete == true, "{what}: {outcome}\n{told}");
}

#[track_caller]
fn nothing_to_do(here: &Workspace) {
    let outcome = run(here, &["plan", "-detailed-exitcode"]);
    assert_eq!(outcome.code, Some(0), "{outcome}");
}

fn run(here: &Workspace, arguments: &[&str]) -> Outcome {
    let mut command = here.command(arguments);
    command.env("LOSTOPS_PROGRESS", here.path("progress"));
    Running::start(&mut command).finish_within(PATIENCE)
}

fn seen(image: &Image) -> SystemTime {
    fs::metadata(image.disk()).and_then(|data| data.modified()).expect("files have times")
}

fn image_length(image: &Image) -> u64 {
    fs::metadata(image.disk()).expect("there is an image").len()
}

fn config(image: &Image, folder: &Path, key: &Path, binaries: &str, size: &str) -> String {
    let public = fs::read_to_string(key.with_extension("pub")).expect("the key was made");
    let software = std::env::var_os("LOSTOPS_VM_SOFTWARE").is_some();
    let acceleration = if software { "software" } else { "auto" };
    let path = |path: PathBuf| path.display().to_string();
    format!(
        r#"provider "lostops" {{
  ssh {{
    private_key_file = {:?}
    agent            = "none"
  }}
}}
resource "lostops_cluster" "c" {{
  name      = "lab"
  discovery = "nomad"
  pool "all" {{
    role = "both"
    host {{
      name = "one"
    }}
    {size}
  }}
  qemu {{
    folder       = {:?}
    image        = {:?}
    acceleration = {acceleration:?}
    kernel {{
      path         = {:?}
      initrd       = {:?}
      command_line = "root=LABEL=root rw console=ttyS0"
    }}
  }}
  ssh {{
    public_keys = [{:?}]
  }}
  binaries {{
    {binaries}
  }}
}}
"#,
        path(key.to_owned()),
        path(folder.to_owned()),
        path(image.disk()),
        path(image.kernel()),
        path(image.initrd()),
        public.trim(),
    )
}
