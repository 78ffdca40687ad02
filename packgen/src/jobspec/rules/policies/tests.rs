//! Each rule with what breaks it and what does not.

use super::super::testing::{group, job, kind, task, tells};

#[test]
fn policies_fit_the_type_of_the_job() {
    tells("update-type", &kind("batch", "update {}"), &kind("system", "update {}"));
    tells("update-type", &job("type = \"batch\"\nupdate {}"), &job("update {}"));
    tells("migrate-type", &kind("batch", "migrate {}"), &group("migrate {}"));
    tells("reschedule-type", &kind("system", "reschedule {}"), &kind("batch", "reschedule {}"));
}

#[test]
fn updates_have_times_that_fit() {
    let update = |text: &str| group(&format!("update {{\n{text}\n}}"));
    tells("update-times", &update("min_healthy_time = \"-1s\""), &update("min_healthy_time = \"1s\""));
    tells("update-times", &update("healthy_deadline = \"0s\""), &update("healthy_deadline = \"1m\""));
    tells("update-times", &update("progress_deadline = \"-1s\""), &update("progress_deadline = \"0s\""));
    tells("update-times", &update("progress_deadline = \"1m\""), &update("progress_deadline = \"6m\""));
    tells("update-health", &update("health_check = \"\""), &update("health_check = \"manual\""));
    tells("update-times", &update("stagger = \"0s\""), &update("stagger = \"1s\""));
    tells("update-times", &update("min_healthy_time = \"5m\""), &update("min_healthy_time = \"4m\""));
    let both = |job_text: &str| {
        format!(
            "job \"j\" {{\nupdate {{\n{job_text}\n}}\ngroup \"g\" {{\nupdate {{\nhealthy_deadline = \"9m\"\n}}\ntask \"t\" {{\ndriver = \"raw_exec\"\n}}\n}}\n}}\n"
        )
    };
    tells("update-times", &both("progress_deadline = \"8m\""), &both("progress_deadline = \"10m\""));
}

#[test]
fn canaries_are_there_to_be_promoted() {
    let update = |text: &str| group(&format!("update {{\nauto_promote = true\n{text}\n}}"));
    tells("update-promote", &update(""), &update("canary = 1"));
}

#[test]
fn migrations_have_times_that_fit() {
    let migrate = |text: &str| group(&format!("migrate {{\n{text}\n}}"));
    tells(
        "migrate-health",
        &migrate("health_check = \"\""),
        &migrate("health_check = \"\"\nmax_parallel = 0"),
    );
    tells("migrate-times", &migrate("min_healthy_time = \"6m\""), &migrate("min_healthy_time = \"4m\""));
    tells("migrate-times", &migrate("healthy_deadline = \"-6m\""), &migrate("healthy_deadline = \"6m\""));
}

#[test]
fn rescheduling_has_limits() {
    let service = |text: &str| group(&format!("reschedule {{\n{text}\n}}"));
    let batch = |text: &str| kind("batch", &format!("reschedule {{\n{text}\n}}"));
    tells(
        "reschedule-limits",
        &service("attempts = 3\ninterval = \"1h\""),
        &service("attempts = 3\ninterval = \"1h\"\nunlimited = false"),
    );
    tells("reschedule-limits", &service("attempts = 3\nunlimited = false"), &service(""));
    tells("reschedule-limits", &batch("interval = \"10s\""), &batch("interval = \"1h\""));
    tells("reschedule-delays", &service("delay = \"1s\""), &service("delay = \"5s\""));
    tells("reschedule-delays", &service("max_delay = \"10s\""), &service("max_delay = \"30s\""));
    tells(
        "reschedule-delays",
        &batch("delay_function = \"fibonacci\""),
        &batch("delay_function = \"fibonacci\"\nmax_delay = \"1m\""),
    );
    tells("reschedule-limits", &service("delay_function = \"\""), &service("delay_function = \"constant\""));
}

#[test]
fn attempts_fit_into_the_interval() {
    let batch = |function: &str, interval: &str| {
        kind(
            "batch",
            &format!(
                "reschedule {{\nattempts = 5\ndelay = \"1m\"\nmax_delay = \"10m\"\ndelay_function = \"{function}\"\ninterval = \"{interval}\"\n}}"
            ),
        )
    };
    tells("reschedule-fits", &batch("constant", "4m"), &batch("constant", "5m"));
    tells("reschedule-fits", &batch("exponential", "15m"), &batch("exponential", "30m"));
    tells("reschedule-fits", &batch("fibonacci", "4m"), &batch("fibonacci", "5m"));
}

#[test]
fn restarts_fit_into_the_interval() {
    let restart = |text: &str| group(&format!("restart {{\n{text}\n}}"));
    tells("restart-mode", &restart("attempts = 0\nmode = \"delay\""), &restart("attempts = 0"));
    tells("restart-mode", &restart("mode = \"\""), &restart("mode = \"delay\""));
    tells("restart-interval", &restart("interval = \"1s\""), &restart("interval = \"5m\""));
    tells(
        "restart-fits",
        &restart("attempts = 10\ninterval = \"1m\""),
        &restart("attempts = 4\ninterval = \"1m\""),
    );
    tells(
        "restart-mode",
        &task("restart {\nattempts = 0\nmode = \"delay\"\n}"),
        &task("restart {\nattempts = 0\n}"),
    );
}

#[test]
fn a_task_stops_before_the_update_gives_up() {
    tells("kill-timeout", &task("kill_timeout = \"11m\""), &task("kill_timeout = \"10m\""));
}
