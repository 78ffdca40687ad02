# No account, no network: the whole observability stack as the jobspecs that a cluster would get, and a job of our own,
# checked against the same grammar and rules before any cluster sees them.

terraform {
  required_version = ">= 1.8"
  required_providers {
    lostops = { source = "lostops/lostops" }
  }
}

data "lostops_jobspec" "observability" {
  pack = "observability_stack"
}

# Without `render_only` it would be registered with the Nomad that NOMAD_ADDR names, and waited for.
resource "lostops_job" "web" {
  jobspec     = file("${path.module}/web.nomad.hcl")
  render_only = true
}

output "stack" {
  description = "The jobs of the observability stack, in the order in which they would start, and their lines."
  value = {
    for name, jobspec in data.lostops_jobspec.observability.jobspecs : name => length(split("\n", jobspec))
  }
}

output "endpoints" {
  description = "Where the stack would answer."
  value       = data.lostops_jobspec.observability.outputs.endpoints
}

output "web" {
  description = "Our own job, as it would be submitted."
  value       = lostops_job.web.jobspecs.web
}

output "warnings" {
  description = "What Nomad would take of it, but you might not want."
  value       = provider::lostops::validate_jobspec(file("${path.module}/web.nomad.hcl")).warnings
}
