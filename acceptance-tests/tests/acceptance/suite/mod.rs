//! What a configuration alone cannot say, by topic.

mod amounts;
mod crashes;
mod runs;
mod schemas;
mod signals;
mod states;
mod wire;

use acceptance_tests::{Needs, Workspace};

/// A test that runs with each program.
pub struct Test {
    /// Its path below this module.
    pub name: &'static str,
    /// What the program has to be able to do.
    pub needs: Needs,
    /// The test itself.
    pub run: Box<dyn Fn(&Workspace) + Send>,
}

impl Test {
    /// The same, for programs that can do this.
    fn needs(self, needs: Needs) -> Self {
        Self { needs, ..self }
    }
}

/// A test, named as the function is.
fn test<F: Fn(&Workspace) + Send + 'static>(run: F) -> Test {
    let path = std::any::type_name::<F>();
    let name = path.split_once("::suite::").map_or(path, |(_, name)| name);
    Test { name, needs: Needs::NOTHING, run: Box::new(run) }
}

/// All of them.
pub fn tests() -> Vec<Test> {
    let topics = [
        amounts::tests(),
        crashes::tests(),
        runs::tests(),
        schemas::tests(),
        signals::tests(),
        states::tests(),
        wire::tests(),
    ];
    topics.into_iter().flatten().collect()
}
