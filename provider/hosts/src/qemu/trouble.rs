//! What can go wrong with a virtual machine, in words: with its cause and what to do about it.

use std::io;

use super::{Forward, Machine, Place};
use crate::Fault;

fn fault(place: &Place, what: &str, cause: impl Into<String>, cure: impl Into<String>) -> Fault {
    Fault::of_host(&place.name, what, cause, cure)
}

pub(super) fn of_folder(place: &Place, error: &io::Error) -> Fault {
    let cause = format!("{}: {error}", place.folder.display());
    fault(place, "its folder cannot be used", cause, "see that the folder can be written and has room")
}

pub(super) fn of_image(machine: &Machine, error: &io::Error) -> Fault {
    let cause = format!("{}: {error}", machine.image.display());
    fault(&machine.place, "its image cannot be read", cause, "download a cloud image, and name its path")
}

pub(super) fn of_format(machine: &Machine, said: &str, is: &str) -> Fault {
    let cause = format!("{} is not in format {said}: it looks like {is}", machine.image.display());
    let cure = format!("leave the format unwritten, or write {is}");
    fault(&machine.place, "its image cannot be used", cause, cure)
}

pub(super) fn of_size(machine: &Machine, disk: u32, size: u64) -> Fault {
    let cause = format!("{} is a disk of {size} GiB, and it would have {disk}", machine.image.display());
    fault(&machine.place, "its image cannot be used", cause, "give it a larger disk")
}

pub(super) fn of_record(place: &Place, why: &str) -> Fault {
    let cause = format!("{}: {why}", place.record_file().display());
    fault(
        place,
        "what is known of it cannot be read",
        cause,
        "restore the file: without it nobody knows how the machine is reached",
    )
}

pub(super) fn taken(place: &Place, forward: Forward) -> Fault {
    let Forward { address, port, guest_port } = forward;
    let cause = format!("port {port} of {address}, which leads to its port {guest_port}, is taken here");
    let cure = format!("end what listens there (`ss -ltnp 'sport = :{port}'` shows it), then apply again");
    fault(place, "it cannot start", cause, cure)
}

pub(super) fn no_program(place: &Place, program: &str, error: &io::Error) -> Fault {
    let cause = format!("{program}: {error}");
    fault(place, "there is no QEMU", cause, "install it (Debian: `apt install qemu-system-x86 qemu-utils`)")
}

pub(super) fn silent(place: &Place) -> Fault {
    let cause = "it does not answer at its socket";
    fault(place, "it did not come up", cause, "see console.log in its folder, and how busy this machine is")
}

pub(super) fn stubborn(place: &Place, pid: u32) -> Fault {
    let cause = format!("process {pid} does not go although it was told to");
    fault(
        place,
        "it cannot be stopped",
        cause,
        "see what holds it (a disk that does not answer?), or end the process",
    )
}

pub(super) fn too_long(place: &Place, length: usize) -> Fault {
    let cause = format!("the path of its socket would have {length} characters, of which 107 can be");
    fault(place, "its folder cannot be used", cause, "choose a shorter folder")
}

pub(super) fn bad_name(place: &Place, name: &str) -> Fault {
    let cause = format!("{name:?} has other characters than letters, digits and `-`");
    fault(place, "a name cannot be used", cause, "choose another")
}

/// Another processor may do better: the kernel's virtualisation is there, but not for this.
pub(super) fn of_processor(fault: &Fault) -> bool {
    ["KVM", "kvm", "MSR"].iter().any(|word| fault.cause.contains(word))
}

/// QEMU's own words, and what helps against the usual ones.
pub(super) fn refused(place: &Place, what: &str, words: &str) -> Fault {
    let said = |text: &str| words.contains(text);
    let cure = if said("host forwarding rule") || said("Address already in use") {
        "one of its ports is taken here: end what listens there"
    } else if said("annot allocate memory") || said("cannot set up guest memory") {
        "give it less memory"
    } else if said("No space left") {
        "free some room on this machine"
    } else if said("lock") {
        "its disk is in use: another emulator runs with it"
    } else {
        "see what QEMU said"
    };
    fault(place, &format!("{what} it"), words.trim().replace('\n', "; "), cure)
}
