output "jobspec" {
  value = provider::lostops::format_jobspec(file("${path.module}/web.nomad.hcl"))
}
