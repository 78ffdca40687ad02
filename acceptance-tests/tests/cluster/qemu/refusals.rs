//! What machines are refused, and that nothing is left then.

use std::fs;

use acceptance_tests::{Running, Workspace, built};

use super::{config, prepare, run, text};

pub fn refused(here: &Workspace) {
    prepare(here);
    let empty = |words: &str| {
        let outcome = run(here, &["apply", "-auto-approve"]);
        outcome.exits(1).says(words);
        assert!(here.state().is_empty() && !here.path("config/machines").exists(), "something is left");
    };
    config(here, "", "image_format = \"qcow2\"", "");
    empty("is not in format qcow2: it looks like raw");
    config(here, "", "", "");
    fs::remove_file(here.path("objects/image")).expect("there is an image");
    empty("one: its image cannot be read");
    fs::write(here.path("objects/image"), "an image").expect("a file can be written");
    for program in ["qemu-img", "qemu-system-x86_64"] {
        let path = here.path("bin").join(program);
        fs::remove_file(&path).expect("it is there");
        let mut command = here.command(&["apply", "-auto-approve"]);
        let outcome = Running::start(command.env("PATH", here.path("bin"))).finish();
        outcome.exits(1).says("one: there is no QEMU").says("apt install qemu-system-x86 qemu-utils");
        assert!(here.state().is_empty() && !here.path("config/machines").exists(), "something is left");
        std::os::unix::fs::symlink(built("fake-qemu").expect("it is built"), &path)
            .expect("a link can be made");
    }
    let stranger = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIB8Ht8Z3j6yDWPBHQtOp/R9rjWvfMYo3MSA/K6q8D86r";
    let provider = "provider \"lostops\" {\n ssh {\n private_key_file = \"${var.folder}/key\"\n }\n }\n";
    here.config(
        &(provider.to_owned() + &text("lab", "", "", &format!("ssh {{\n public_keys = [{stranger:?}]\n }}"))),
    );
    empty("lostops itself could not log in");
}

pub fn wrong(here: &Workspace) {
    let public = "ssh {\n public_keys = [\"ssh-ed25519 AAAA\"]\n }\n";
    let long = format!("folder = \"/{}\"\n image = \"i\"", "x".repeat(100));
    let check = |text: &str, words: &str| {
        here.config(text);
        run(here, &["plan"]).exits(1).says(words);
    };
    for (host, qemu, more, words) in [
        ("address = \"10.0.0.1\"", "", "", "The machine `one` cannot be given its address"),
        ("private_address = \"10.78.0.1\"", "", "", "The machine `one` cannot have the address 10.78.0.1"),
        ("private_address = \"10.77.0.255\"", "", "", "It is not one for a host of 10.77.0.0/24"),
        ("", "network = \"10.0.0.0/8\"", "", "10.0.0.0/8 cannot be the network of the machines"),
        ("", "memory = 64", "", "memory"),
        ("", "", "local {}", "keep one of `local`, `qemu`"),
        ("", "", "delete_data = [\"web\"]", "expected a host and its volume such as `web/data`, got \"web\""),
        ("}\n host {\n name = \"two\"", "", "", "Nobody would find the machine `one`"),
        (
            "}\n volume {\n name = \"d\"\n path = \"/srv/d\"\n size = 1\n device = \"/dev/sdb\"",
            "",
            "",
            "The volume `d` cannot have a disk of its own",
        ),
    ] {
        check(&text("lab", host, qemu, &format!("{public}{more}")), words);
    }
    check(&text("lab", "", "", ""), "Nobody could log in");
    let keys = "public_keys = [\"ssh-ed25519 AAAA\"]";
    check(
        &text("lab", "", "", &format!("ssh {{\n {keys}\n port = 2222\n }}")),
        "`ssh.port` has no meaning with `qemu`",
    );
    check(
        &text("lab", "", "", &format!("ssh {{\n {keys}\n user = \"root\"\n }}")),
        "`ssh.user` has no meaning",
    );
    let cluster = |inside: &str| {
        let host = "host {\n name = \"one\"\n }";
        format!(
            "resource \"lostops_cluster\" \"c\" {{\n name = \"lab\"\n pool \"all\" {{\n role = \"both\"\n {host}\n }}\n {inside}\n }}\n"
        )
    };
    check(&cluster(&format!("qemu {{\n {long}\n }}\n{public}")), "The folder's path is too long");
    check(&cluster("ssh {}"), "The host `one` has no address");
    check(&cluster("ssh {}\ndelete_data = [\"one/data\"]"), "No data would be lost");
}
