//! Rules for periodic and parameterized jobs.

use crate::source::Diagnostics;

use super::super::validate::did_you_mean;
use super::scene::Job;
use super::{cron, zones};

const RULES: &[fn(&Job<'_>, &mut Diagnostics)] =
    &[periodic_kind, one_spec, specs, time_zone, parameterized_kind, meta_keys, both];

pub(super) fn check(job: &Job<'_>, out: &mut Diagnostics) {
    for rule in RULES {
        rule(job, out);
    }
}

/// The block, if the schedule is in force.
fn in_force<'t>(job: &Job<'t>) -> Option<super::Cursor<'t>> {
    job.at.block_of("periodic").filter(|at| at.bool("enabled").or(true) != Some(false))
}

fn periodic_kind(job: &Job<'_>, out: &mut Diagnostics) {
    if let Some(at) = in_force(job).filter(|_| job.kind.is_some() && !job.is_batch()) {
        out.push(
            at.error("periodic-type", "`periodic` is for jobs of type batch or sysbatch")
                .help("set `type = \"batch\"`"),
        );
    }
}

fn one_spec(job: &Job<'_>, out: &mut Diagnostics) {
    let Some(at) = in_force(job) else { return };
    let Some(cron) = at.text_or_empty("cron") else { return };
    let crons = at.attr("crons").is_some_and(|attr| attr.value.first_unknown().is_some())
        || !at.texts("crons").is_empty();
    if !cron.is_empty() && crons {
        out.push(at.error_at("cron", "periodic-spec", "`cron` and `crons` exclude each other"));
    } else if cron.is_empty() && !crons {
        out.push(at.error("periodic-spec", "`periodic` needs `crons`: when does the job start?"));
    }
}

fn specs(job: &Job<'_>, out: &mut Diagnostics) {
    let Some(at) = in_force(job) else { return };
    let one = at.text("cron").is().filter(|spec| !spec.is_empty()).map(|spec| ("cron", spec));
    for (name, spec) in one.into_iter().chain(at.texts("crons").into_iter().map(|spec| ("crons", spec))) {
        if let Err(problem) = cron::check(&spec) {
            out.push(at.error_at(
                name,
                "periodic-cron",
                format!("{:?} is no cron expression: {problem}", spec.as_str()),
            ));
        }
    }
}

fn time_zone(job: &Job<'_>, out: &mut Diagnostics) {
    let Some(at) = in_force(job) else { return };
    let Some(zone) = at.text("time_zone").is().filter(|zone| !zone.is_empty()) else { return };
    if !zones::is_known(&zone) {
        let finding =
            at.error_at("time_zone", "periodic-zone", format!("{:?} is no time zone", zone.as_str()));
        out.push(finding.maybe_help(did_you_mean(&zone, zones::all())));
    }
}

fn parameterized_kind(job: &Job<'_>, out: &mut Diagnostics) {
    if let Some(at) = job.at.block_of("parameterized").filter(|_| job.kind.is_some() && !job.is_batch()) {
        let finding = at.error("parameterized-type", "`parameterized` is for jobs of type batch or sysbatch");
        out.push(finding.help("set `type = \"batch\"`"));
    }
}

fn meta_keys(job: &Job<'_>, out: &mut Diagnostics) {
    for at in job.at.blocks_of("parameterized") {
        let required = at.texts("meta_required");
        for key in at.texts("meta_optional").iter().filter(|key| required.contains(key)) {
            let message = format!("the key {:?} is both required and optional", key.as_str());
            out.push(at.error_at("meta_optional", "parameterized-meta", message));
        }
    }
}

/// Nomad takes it, but starts nothing by itself then.
fn both(job: &Job<'_>, out: &mut Diagnostics) {
    if let Some(at) = in_force(job).filter(|_| job.at.has("parameterized")) {
        out.push(at.warning(
            "periodic-parameterized",
            "a parameterized job starts when it is dispatched, not by its schedule",
        ));
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{job, tells};

    fn periodic(text: &str) -> String {
        job(&format!("type = \"batch\"\nperiodic {{\n{text}\n}}"))
    }

    #[test]
    fn schedules_are_for_batch_jobs() {
        tells(
            "periodic-type",
            &job("periodic {\ncrons = [\"@daily\"]\n}"),
            &periodic("crons = [\"@daily\"]"),
        );
        tells(
            "periodic-type",
            &job("periodic {\ncrons = [\"@daily\"]\n}"),
            &job("periodic {\nenabled = false\n}"),
        );
        tells("parameterized-type", &job("parameterized {}"), &job("type = \"sysbatch\"\nparameterized {}"));
    }

    #[test]
    fn schedules_say_when() {
        tells("periodic-spec", &periodic(""), &periodic("cron = \"@daily\""));
        tells(
            "periodic-spec",
            &periodic("cron = \"@daily\"\ncrons = [\"@daily\"]"),
            &periodic("crons = [\"@daily\"]"),
        );
        tells(
            "periodic-cron",
            &periodic("crons = [\"@daily\", \"60 * * * *\"]"),
            &periodic("crons = [\"@daily\", \"0 * * * *\"]"),
        );
        tells(
            "periodic-zone",
            &periodic("crons = [\"@daily\"]\ntime_zone = \"Berlin\""),
            &periodic("crons = [\"@daily\"]\ntime_zone = \"Europe/Berlin\""),
        );
    }

    #[test]
    fn parameters() {
        let keys = |optional: &str| {
            job(&format!(
                "type = \"batch\"\nparameterized {{\nmeta_required = [\"a\"]\nmeta_optional = [\"{optional}\"]\n}}"
            ))
        };
        tells("parameterized-meta", &keys("a"), &keys("b"));
        tells(
            "periodic-parameterized",
            &periodic("cron = \"@daily\"\n}\nparameterized {"),
            &periodic("cron = \"@daily\""),
        );
    }
}
