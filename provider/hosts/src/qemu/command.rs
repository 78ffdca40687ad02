//! The emulator's command line. Nothing secret is on it: that is in the seed.

use std::ffi::OsString;
use std::path::Path;

use aws_lc_rs::digest::{SHA256, digest};

use super::{Cable, Machine};

/// How the processor comes about: `-accel` and `-cpu`.
pub(super) type Processor = (&'static str, &'static str);

/// The ways to a processor, the fastest first. Where the kernel's virtualisation is itself inside a virtual machine, it
/// may refuse a feature that it has, so there is one way without it. In software, guests of our day stumble over one
/// instruction of the emulated processor.
pub(super) fn processors(hardware: bool) -> Vec<Processor> {
    let kvm = hardware && std::fs::OpenOptions::new().read(true).write(true).open("/dev/kvm").is_ok();
    let hardware = [("kvm", "host"), ("kvm", "host,arch-capabilities=off")];
    let software = [("tcg,thread=multi", "max,cx16=off")];
    hardware.into_iter().filter(|_| kvm).chain(software).collect()
}

/// Everything it is told.
pub(super) fn arguments(machine: &Machine, (accelerator, cpu): Processor) -> Vec<OsString> {
    let place = &machine.place;
    let mut words: Vec<OsString> = Vec::new();
    let mut say = |words_: &[&str]| words.extend(words_.iter().map(OsString::from));
    say(&["-name", &place.name, "-nodefaults", "-no-user-config", "-display", "none", "-machine", "q35"]);
    say(&["-accel", accelerator, "-cpu", cpu]);
    say(&["-smp", &machine.cpus.to_string(), "-m", &machine.memory_mib.to_string()]);
    let file = |name: &str| escaped(&place.folder.join(name));
    say(&["-daemonize", "-pidfile", &place.folder.join("pid").to_string_lossy()]);
    say(&["-chardev", &format!("socket,id=qmp,path={},server=on,wait=off", file("qmp"))]);
    say(&["-mon", "chardev=qmp,mode=control"]);
    say(&[
        "-chardev",
        &format!("file,id=console,path={}", file("console.log")),
        "-serial",
        "chardev:console",
    ]);
    // Without a word about the order, the first disk in it is tried and no other. A kernel of its own is 0.
    say(&["-drive", &format!("file={},format=qcow2,if=none,id=system,discard=unmap", file("disk.qcow2"))]);
    say(&["-device", "virtio-blk-pci,drive=system,bootindex=1"]);
    say(&["-drive", &format!("file={},format=raw,if=none,id=seed,readonly=on", file("seed.iso"))]);
    say(&["-device", "virtio-blk-pci,drive=seed"]);
    for (name, _) in &machine.volumes {
        let path = file(&format!("volume-{name}.qcow2"));
        say(&["-drive", &format!("file={path},format=qcow2,if=none,id=volume-{name},discard=unmap")]);
        say(&["-device", &format!("virtio-blk-pci,drive=volume-{name},serial={}", serial(name))]);
    }
    let forwards = machine
        .forwards
        .iter()
        .map(|forward| format!(",hostfwd=tcp:{}:{}-:{}", forward.address, forward.port, forward.guest_port));
    let [first, second] = place.cards();
    say(&["-netdev", &format!("user,id=net0{}", forwards.collect::<Vec<_>>().concat())]);
    say(&["-device", &format!("virtio-net-pci,netdev=net0,mac={first}")]);
    if let Some(Cable { group, port }) = machine.cable {
        say(&["-netdev", &format!("socket,id=net1,mcast={group}:{port},localaddr=127.0.0.1")]);
        say(&["-device", &format!("virtio-net-pci,netdev=net1,mac={second}")]);
    }
    say(&["-object", "rng-random,filename=/dev/urandom,id=rng0", "-device", "virtio-rng-pci,rng=rng0"]);
    if let Some(kernel) = &machine.kernel {
        say(&["-kernel", &kernel.kernel.to_string_lossy(), "-append", &kernel.append]);
        if let Some(initrd) = &kernel.initrd {
            say(&["-initrd", &initrd.to_string_lossy()]);
        }
    }
    words
}

/// The disk appears there as `/dev/disk/by-id/virtio-<this>`.
fn serial(name: &str) -> &str {
    &name[..name.len().min(20)]
}

/// A path as part of an option's value, in which a comma would begin another.
fn escaped(path: &Path) -> String {
    path.to_string_lossy().replace(',', ",,")
}

/// A locally administered address that is the same on every start.
pub(super) fn mac(name: &str) -> String {
    let hash = digest(&SHA256, name.as_bytes());
    let [a, b, c, ..] = hash.as_ref() else { return "52:54:00:00:00:01".into() };
    format!("52:54:00:{a:02x}:{b:02x}:{c:02x}")
}
