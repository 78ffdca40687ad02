//! A disk: what an author's plan can decide, and what is remembered beside the state.

use kit::{Block, Computed, Cx, Diagnostic, Late, Plan, Private, Resource, Result, State};

use crate::store::store;

/// A disk in the lab's folder.
#[derive(Block)]
pub struct Disk {
    /// Name of the file.
    #[attr(force_new)]
    pub name: String,
    /// How many gigabytes. A disk can grow; a smaller one is another disk.
    pub size: i64,
    /// What is written on it; upper and lower case mean the same.
    #[attr(same = same_letters)]
    pub label: Option<String>,
    /// How it is connected.
    #[attr(default = "scsi")]
    pub bus: String,
    /// Address of the machine that it is in.
    pub machine: Option<Late<String>>,
    /// Under which name the machine sees it; another `bus` may bring another one.
    #[attr(held)]
    pub device: Computed<String>,
    /// Its serial number.
    #[attr(stable)]
    pub serial: Computed<String>,
    /// How often it was changed.
    pub changes: Computed<i64>,
}

/// `lab_disk`
pub struct DiskResource;

impl Resource for DiskResource {
    type Model = Disk;
    const NAME: &'static str = "lab_disk";

    async fn plan(&self, cx: &Cx, plan: &mut Plan<Disk>) -> Result<()> {
        let Some(prior) = &plan.prior else { return Ok(()) };
        if prior.bus != plan.draft.bus {
            plan.draft.device = Computed::Unknown;
        }
        let (before, after) = (prior.size, plan.draft.size);
        if before < after {
            let summary = format!("Disk {} grows", plan.draft.name);
            cx.warn(Diagnostic::warning(
                summary,
                format!("From {before} to {after} GB; it cannot shrink again."),
            ));
        } else if before > after {
            plan.replace("size");
        }
        Ok(())
    }

    async fn create(&self, cx: &Cx, mut planned: Disk, state: &mut State<'_, Disk>) -> Result<()> {
        planned.serial.set(format!("LAB-{}", planned.name));
        state.private().set("changes", &0_i64);
        put(cx, planned, 0, state)
    }

    async fn read(&self, cx: &Cx, mut current: Disk, private: &mut Private) -> Result<Option<Disk>> {
        let Some(size) = store(cx)?.get(&current.name)? else { return Ok(None) };
        current.size = size.parse().unwrap_or(current.size);
        current.changes = private.get("changes").map_or(Computed::Unset, Computed::Known);
        Ok(Some(current))
    }

    async fn update(&self, cx: &Cx, _: Disk, planned: Disk, state: &mut State<'_, Disk>) -> Result<()> {
        let changes = state.private().get::<i64>("changes").unwrap_or(-1) + 1;
        state.private().set("changes", &changes);
        put(cx, planned, changes, state)
    }

    async fn delete(&self, cx: &Cx, prior: Disk, _: &mut State<'_, Disk>) -> Result<()> {
        store(cx)?.remove(&prior.name)
    }
}

fn same_letters(one: &str, other: &str) -> bool {
    one.to_lowercase() == other.to_lowercase()
}

fn put(cx: &Cx, mut disk: Disk, changes: i64, state: &mut State<'_, Disk>) -> Result<()> {
    store(cx)?.put(&disk.name, &disk.size.to_string())?;
    let place = disk.machine.as_ref().and_then(Late::known).map_or("shelf", String::as_str);
    if disk.device.known().is_none() {
        disk.device.set(format!("{place}/{}0", disk.bus));
    }
    disk.changes.set(changes);
    state.record(&disk);
    Ok(())
}
