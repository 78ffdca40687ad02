locals {
  verdict = provider::lostops::validate_jobspec(file("${path.module}/web.nomad.hcl"))
}

output "web" {
  value = file("${path.module}/web.nomad.hcl")

  precondition {
    condition     = local.verdict.valid
    error_message = join("\n\n", local.verdict.errors)
  }
}
