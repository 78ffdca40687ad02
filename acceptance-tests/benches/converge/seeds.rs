//! A hundred NoCloud seeds, each with a converge script of a real host's size.

use std::time::Instant;

use hosts::seed::{Seed, User, write};
use hosts::way::Task;

const LIMIT: f64 = 1.0;

/// Makes and writes them.
pub fn measure() {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let begun = Instant::now();
    for number in 0..100 {
        let mut task = Task::new("exec sh ./converge");
        task.files.insert("converge".into(), vec![b'#'; 150 * 1024]);
        let seed = Seed {
            instance_id: format!("lostops-shop-web-{number}"),
            hostname: format!("web-{number}"),
            users: vec![User::operator("ops", vec!["ssh-ed25519 AAAA".into()])],
            ssh_keys: None,
            network: None,
            task: Some(task),
        };
        let image = seed.image().expect("the seed is sound");
        write(&folder.path().join(format!("web-{number}.iso")), &image).expect("a file can be written");
    }
    let seconds = begun.elapsed().as_secs_f64();
    println!(
        "100 NoCloud seeds: {seconds:.3} s (≤ {LIMIT}: {})",
        if seconds <= LIMIT { "ok" } else { "MISSED" }
    );
}
