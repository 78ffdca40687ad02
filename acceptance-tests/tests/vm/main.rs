//! A virtual machine that boots from our seed: what Terraform made is all that it gets, and in the end Nomad answers.
#![cfg(unix)]
#![expect(clippy::print_stderr, reason = "a skipped test says so")]
#![expect(clippy::expect_used, reason = "what is not as expected fails the test")]

mod machine;

use std::path::PathBuf;
use std::process::{Command, ExitCode};
use std::time::{Duration, Instant};

use acceptance_tests::{Cli, Mirror, Provider, Workspace, find, required, subjects, wait_until};
use libtest_mimic::{Arguments, Trial};

use machine::{Image, Vm};

/// A seed's first boot, in software on a busy machine.
const PATIENCE: Duration = Duration::from_mins(15);

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
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
    let story = move || {
        boots(&cli, &provider, &nomad, &image);
        Ok(())
    };
    libtest_mimic::run(&arguments, vec![Trial::test("a_seed_boots_into_a_secure_cluster", story)]).exit_code()
}

fn boots(cli: &Cli, provider: &Provider, nomad: &PathBuf, image: &Image) {
    let here = Workspace::new(cli, provider);
    let nomad_archive = Mirror::of(&here.path("objects"), "127.0.0.1").nomad(nomad, "10.0.2.2");
    let key = here.path("objects/key");
    let made = Command::new("ssh-keygen").args(["-q", "-t", "ed25519", "-N", "", "-f"]).arg(&key).status();
    assert!(made.is_ok_and(|status| status.success()), "a key can be made");
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
    nomad_answers(&here, nomad, &vm);
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

/// Asks through TLS with the authority, the name and the token of the state, and is refused without.
fn nomad_answers(here: &Workspace, nomad: &PathBuf, vm: &Vm) {
    let state = here.state();
    let value = |path: &str| {
        let value = state.attribute(&format!("lostops_cluster.c.{path}"));
        value.as_str().unwrap_or_default().to_owned()
    };
    let ca = here.path("objects/ca.pem");
    std::fs::write(&ca, value("ca_pem")).expect("a file can be written");
    let ask = |token: &str, words: &[&str]| {
        let mut command = Command::new(nomad);
        command.args(words).env_clear().env("HOME", here.path("home")).env("NOMAD_TOKEN", token);
        command.env("NOMAD_ADDR", format!("https://127.0.0.1:{}", vm.api)).env("NOMAD_CACERT", &ca);
        command.env("NOMAD_TLS_SERVER_NAME", value("nomad.tls_server_name"));
        let output = command.output().expect("nomad can be started");
        (
            output.status.success(),
            String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned(),
        )
    };
    let token = value("nomad.token");
    let leads = || ask(&token, &["server", "members"]).1.contains("true");
    assert!(wait_until(PATIENCE, leads), "{}", ask(&token, &["server", "members"]).1);
    let (allowed, words) = ask("", &["server", "members"]);
    assert!(!allowed && words.contains("Permission denied"), "nothing is allowed without a token: {words}");
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
