//! What can go wrong with a virtual machine, in words: with its cause and what to do about it.

use std::io;

use super::Machine;
use crate::Fault;

fn fault(machine: &Machine, what: &str, cause: impl Into<String>, cure: impl Into<String>) -> Fault {
    Fault::of_host(&machine.name, what, cause, cure)
}

pub(super) fn of_folder(machine: &Machine, error: &io::Error) -> Fault {
    let cause = format!("{}: {error}", machine.folder.display());
    fault(machine, "its folder cannot be used", cause, "see that the folder can be written and has room")
}

pub(super) fn of_image(machine: &Machine, error: &io::Error) -> Fault {
    let cause = format!("{}: {error}", machine.image.display());
    fault(machine, "its image cannot be read", cause, "download a cloud image, and name its path")
}

pub(super) fn no_program(machine: &Machine, program: &str, error: &io::Error) -> Fault {
    let cause = format!("{program}: {error}");
    fault(machine, "there is no QEMU", cause, "install it (Debian: `apt install qemu-system-x86 qemu-utils`)")
}

pub(super) fn silent(machine: &Machine) -> Fault {
    let cause = "it does not answer at its socket";
    fault(machine, "it did not come up", cause, "see console.log in its folder, and how busy this machine is")
}

pub(super) fn stubborn(machine: &Machine, pid: u32) -> Fault {
    let cause = format!("process {pid} does not go although it was told to");
    fault(
        machine,
        "it cannot be stopped",
        cause,
        "see what holds it (a disk that does not answer?), or end the process",
    )
}

pub(super) fn too_long(machine: &Machine, length: usize) -> Fault {
    let cause = format!("the path of its socket would have {length} characters, of which 107 can be");
    fault(machine, "its folder cannot be used", cause, "choose a shorter folder")
}

pub(super) fn bad_name(machine: &Machine, name: &str) -> Fault {
    let cause = format!("{name:?} has other characters than letters, digits and `-`");
    fault(machine, "a name cannot be used", cause, "choose another")
}

/// Another processor may do better: the kernel's virtualisation is there, but not for this.
pub(super) fn of_processor(fault: &Fault) -> bool {
    ["KVM", "kvm", "MSR"].iter().any(|word| fault.cause.contains(word))
}

/// QEMU's own words, and what helps against the usual ones.
pub(super) fn refused(machine: &Machine, what: &str, words: &str) -> Fault {
    let said = |text: &str| words.contains(text);
    let cure = if said("host forwarding rule") || said("Address already in use") {
        "choose other ports: one of the forwarded ones is taken here"
    } else if said("annot allocate memory") || said("cannot set up guest memory") {
        "give it less memory"
    } else if said("No space left") {
        "free some room on this machine"
    } else if said("lock") {
        "its disk is in use: another emulator runs with it"
    } else {
        "see what QEMU said"
    };
    fault(machine, &format!("{what} it"), words.trim().replace('\n', "; "), cure)
}
