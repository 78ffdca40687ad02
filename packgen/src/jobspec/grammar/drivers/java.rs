//! The grammar of the java and qemu drivers. Data only.

use super::super::Type::{Bool, NumberMaps, Str, Strs};
use super::super::{Body, attr};

/// Settings of the java driver.
pub static JAVA: Body = Body {
    name: "java",
    doc: "Settings of the java driver.",
    attrs: &[
        attr("jar_path", Str, "", "JAR to run."),
        attr("class", Str, "", "Class to run."),
        attr("class_path", Str, "", "Class path."),
        attr("jvm_options", Strs, "", "Options of the virtual machine."),
        attr("args", Strs, "", "Arguments."),
        attr("work_dir", Str, "", "Working folder."),
        attr("pid_mode", Str, "", "Process namespace."),
        attr("ipc_mode", Str, "", "IPC namespace."),
        attr("cap_add", Strs, "", "Capabilities to add."),
        attr("cap_drop", Strs, "", "Capabilities to drop."),
    ],
    ..Body::EMPTY
};

/// Settings of the qemu driver.
pub static QEMU: Body = Body {
    name: "qemu",
    doc: "Settings of the qemu driver.",
    attrs: &[
        attr("image_path", Str, "", "Disk image.").required(),
        attr("drive_interface", Str, "", "Interface of the drive."),
        attr("accelerator", Str, "", "Accelerator of the machine."),
        attr("emulator", Str, "", "Emulator program."),
        attr("machine_type", Str, "", "Type of the machine."),
        attr("args", Strs, "", "Arguments of the emulator."),
        attr("port_map", NumberMaps, "", "Ports that are forwarded."),
        attr("graceful_shutdown", Bool, "", "Ask the machine to power down first."),
        attr("guest_agent", Bool, "", "Talk to the guest's agent."),
    ],
    ..Body::EMPTY
};
