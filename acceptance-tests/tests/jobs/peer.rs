//! From `terraform-provider-nomad` to ours with a `moved` block: the job runs on. Needs that provider's program on
//! `PATH`, or in `LOSTOPS_TERRAFORM_PROVIDER_NOMAD`.

use acceptance_tests::cluster::Cluster;
use acceptance_tests::{Workspace, find, required};

use super::{resource, service};

pub fn a_job_of_another_provider_is_taken_over(here: &Workspace, cluster: &Cluster) {
    let Some(peer) = find("terraform-provider-nomad") else {
        assert!(
            !required("terraform-provider-nomad"),
            "terraform-provider-nomad is required and was not found"
        );
        eprintln!("skipped: terraform-provider-nomad not found");
        return;
    };
    let id = "moves-in";
    std::fs::create_dir(here.path("peer")).expect("a folder can be made");
    std::os::unix::fs::symlink(peer, here.path("peer").join("terraform-provider-nomad"))
        .expect("a link can be made");
    here.install(&format!(
        "dev_overrides {{\n\"lostops/lostops\" = \"{}\"\n\"hashicorp/nomad\" = \"{}\"\n}}\ndirect {{}}",
        here.path("plugins").display(),
        here.path("peer").display()
    ));
    let header = here
        .header()
        .replace("required_providers {", "required_providers {\nnomad = { source = \"hashicorp/nomad\" }");
    here.write(
        "provider.tf",
        &format!("{header}{}provider \"nomad\" {{\naddress = var.nomad\n}}\n", here.provider.block),
    );
    let old = resource("it", &service(id, "1")).replace("lostops_job", "nomad_job");
    here.config(&old.replace("EOT\n}\n", "EOT\n  detach = false\n}\n"));
    here.apply();
    let before = cluster.get(&format!("/v1/job/{id}/allocations")).json()[0]["ID"].clone();
    here.config(
        &(resource("it", &service(id, "1")) + "moved {\nfrom = nomad_job.it\nto = lostops_job.it\n}\n"),
    );
    let report = here.apply().report();
    assert_eq!(report.changes, [("lostops_job.it".to_owned(), "update".to_owned())]);
    here.nothing_to_do();
    let held = cluster.get(&format!("/v1/job/{id}")).json();
    assert_eq!(held["Meta"]["lostops"], format!("jobspec/{id}"));
    assert!(before.is_string(), "it never ran");
    here.destroy();
    // What Terraform says of the other one is not ours to mend.
    let log = here.log();
    let ours: Vec<&str> = log.lines().filter(|line| !line.contains("hashicorp/nomad")).collect();
    std::fs::write(here.path("log"), ours.join("\n")).expect("the log can be written");
    assert!(cluster.becomes(&format!("/v1/job/{id}"), |answer| answer.status == 404));
}
