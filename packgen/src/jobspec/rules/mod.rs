//! Rules that need more than one attribute: what Nomad's servers refuse when a job is registered, and
//! advice that they do not give. One rule, one function; each file lists its rules once.

mod advice;
mod artifact;
mod check;
mod connect;
mod cron;
mod gateway;
mod group;
mod identity;
mod job;
mod network;
mod paths;
mod periodic;
mod placement;
mod policies;
mod proxy;
mod regexp;
mod resources;
mod scene;
mod secret;
mod service;
mod task;
mod template;
#[cfg(test)]
mod testing;
mod version;
mod volume;
mod zones;

use crate::source::Diagnostics;

use super::cursor::Cursor;
use scene::Job;

/// Checks a job. Where something is not known yet, the rules that need it say nothing.
pub fn job(at: Cursor<'_>, out: &mut Diagnostics) {
    let job = Job::new(at);
    job::check(&job, out);
    periodic::check(&job, out);
    placement::check(&job, out);
    for group in &job.groups {
        group::check(&job, group, out);
        policies::check(&job, group, out);
        network::check(group, out);
        volume::check(&job, group, out);
        service::check_group(&job, group, out);
        connect::check(group, out);
        proxy::check(group, out);
    }
    for task in job.tasks() {
        task::check(&task, out);
        resources::check(&task, out);
        template::check(&task, out);
        artifact::check(&task, out);
        identity::check(&task, out);
        secret::check(&task, out);
    }
    for service in job.services() {
        service::check(&service, out);
        check::check(&service, out);
        gateway::check(&service, out);
    }
    advice::check(&job, out);
}
