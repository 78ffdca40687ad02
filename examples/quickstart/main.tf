# No account, no network: the seeds of a secure three-host cluster, the whole observability stack as the jobspecs that it
# would get, and a job of our own, checked against the same grammar and rules before any cluster sees them.

terraform {
  required_version = ">= 1.8"
  required_providers {
    lostops = { source = "lostops/lostops" }
  }
}

resource "lostops_cluster" "main" {
  name = "quickstart"

  pool "all" {
    role    = "both"
    ingress = true

    host {
      name    = "one"
      address = "10.0.0.11"
    }
    host {
      name    = "two"
      address = "10.0.0.12"
    }
    host {
      name    = "three"
      address = "10.0.0.13"
    }
  }

  nocloud {
    output_dir = "${path.root}/seeds"
  }
}

# The cluster does not run yet, so nothing is registered. Without `render_only`, and with
# `nomad = lostops_cluster.main.nomad`, an apply brings the jobs up on it.
resource "lostops_observability_stack" "main" {
  cluster     = "quickstart"
  render_only = true
}

# Without `render_only` it would be registered with the Nomad that NOMAD_ADDR names, and waited for.
resource "lostops_job" "web" {
  jobspec     = file("${path.module}/web.nomad.hcl")
  render_only = true
}

output "seeds" {
  description = "Attach each to a machine that boots a cloud image of Debian or Ubuntu: it sets itself up as that host."
  value       = { for host, seed in lostops_cluster.main.seeds : host => seed.iso }
}

output "stack" {
  description = "The jobs of the observability stack, in the order in which they would start, and their lines."
  value = {
    for name, jobspec in lostops_observability_stack.main.jobspecs : name => length(split("\n", jobspec))
  }
}

output "endpoints" {
  description = "Where the stack would answer."
  value       = lostops_observability_stack.main.endpoints
}

output "web" {
  description = "Our own job, as it would be submitted."
  value       = lostops_job.web.jobspecs.web
}

output "warnings" {
  description = "What Nomad would take of it, but you might not want."
  value       = provider::lostops::validate_jobspec(file("${path.module}/web.nomad.hcl")).warnings
}
