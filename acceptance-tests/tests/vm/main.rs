//! Virtual machines: one that boots from our seed, where what Terraform made is all that it gets; and one that Terraform
//! makes itself. In the end Nomad answers.
#![cfg(unix)]
#![expect(clippy::print_stderr, reason = "a skipped test says so")]
#![expect(clippy::expect_used, reason = "what is not as expected fails the test")]

mod asking;
mod machine;
mod made;

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::time::{Duration, Instant};

use acceptance_tests::{Cli, Mirror, Provider, Workspace, find, required, subjects, wait_until};
use libtest_mimic::{Arguments, Trial};

use asking::Asking;
use machine::{Image, Vm};

/// What happens, with its name.
type Story = (&'static str, fn(&Cli, &Provider, &Path, &Image));

const STORIES: &[Story] = &[
    ("a_seed_boots_into_a_secure_cluster", boots),
    ("a_machine_is_made_stopped_started_and_destroyed", made::lives),
];

/// A seed's first boot, in software on a busy machine.
const PATIENCE: Duration = Duration::from_mins(15);

fn main() -> ExitCode {
    let mut arguments = Arguments::from_args();
    // Each wants the whole machine.
    arguments.test_threads = Some(1);
    let (programs, Some(provider)) = subjects(arguments.list) else { return ExitCode::SUCCESS };
    let Some(cli) = programs.into_iter().next() else { return ExitCode::SUCCESS };
    let image = Image::find().and_then(|image| Ok((image, find("nomad").ok_or("nomad")?)));
    let (image, nomad) = match image {
        Ok(found) => found,
        Err(missing) => {
            assert!(!required("vm"), "{missing} is required and not found");
            eprintln!("skipped: a virtual machine: {missing} not found");
            return ExitCode::SUCCESS;
        }
    };
    let trials = STORIES.iter().map(|&(name, story)| {
        let (cli, provider, nomad, image) = (cli.clone(), provider.clone(), nomad.clone(), image.clone());
        Trial::test(name, move || {
            story(&cli, &provider, &nomad, &image);
            Ok(())
        })
    });
    libtest_mimic::run(&arguments, trials.collect()).exit_code()
}

/// A key that lets in, with its public half beside it.
fn key(here: &Workspace) -> PathBuf {
    let key = here.path("objects/key");
    let made = Command::new("ssh-keygen").args(["-q", "-t", "ed25519", "-N", "", "-f"]).arg(&key).status();
    assert!(made.is_ok_and(|status| status.success()), "a key can be made");
    key
}

fn boots(cli: &Cli, provider: &Provider, nomad: &Path, image: &Image) {
    let here = Workspace::new(cli, provider);
    let nomad_archive = Mirror::of(&here.path("objects"), "127.0.0.1").agent("nomad", nomad, "10.0.2.2");
    let key = key(&here);
    let public = std::fs::read_to_string(key.with_extension("pub")).expect("the key was made");
    here.config(&config(&nomad_archive, public.trim()));
    here.apply();
    here.nothing_to_do();

    let seed = std::fs::read(here.path("config/seeds/one.iso")).expect("the seed was made");
    let began = Instant::now();
    let vm = Vm::boot(&here.path("objects"), image, seed);
    let finished = || vm.console().contains(" finished at ");
    assert!(wait_until(PATIENCE, finished), "cloud-init never ended:\n{}", vm.console());
    eprintln!("first boot to the end of cloud-init: {:.0} s", began.elapsed().as_secs_f64());

    let status = vm.ssh(&key, "cloud-init status --long; sudo cloud-init schema --system 2>&1 | tail -n 2");
    assert!(status.contains("status: done") && status.contains("Valid"), "{status}\n{}", vm.console());
    let asking = Asking::at(&here, nomad, format!("https://127.0.0.1:{}", vm.api));
    asking.until(&["server", "members"], |said| said.contains("true"));
    asking.refused_without_token();
    let left = vm.ssh(&key, "sudo find /var/lib/lostops/seed.tar /run/lostops.* 2>/dev/null | wc -l");
    assert_eq!(left.trim(), "0", "what carried secrets is gone");
    let open = vm.ssh(
        &key,
        "sudo find /etc/lostops /etc/nomad.d -type f -perm /007 -exec grep -l 'PRIVATE KEY\\|encrypt ' {} +",
    );
    assert_eq!(open.trim(), "", "secrets are for their owners alone");
    let again = vm.ssh(&key, "systemctl is-system-running; systemctl is-active nomad nftables chrony");
    assert_eq!(again.matches("active").count(), 3, "{again}");
    eprintln!("the system: {}", again.lines().next().unwrap_or_default());
    here.destroy();
    here.check_leftovers();
}

fn config(nomad: &str, public: &str) -> String {
    format!(
        r#"resource "lostops_cluster" "c" {{
  name      = "lab"
  discovery = "nomad"
  pool "servers" {{
    role = "server"
    host {{
      name    = "one"
      address = "10.0.2.15"
    }}
  }}
  nocloud {{
    output_dir = "seeds"
  }}
  ssh {{
    public_keys = [{public:?}]
  }}
  firewall {{
    admin_cidrs = ["10.0.2.0/24"]
  }}
  binaries {{
    {nomad}
  }}
}}
"#
    )
}
