data "lostops_pack" "observability" {
  pack = "observability_stack"
}

output "variables" {
  value = data.lostops_pack.observability.variables
}
