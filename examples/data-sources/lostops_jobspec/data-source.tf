data "lostops_jobspec" "observability" {
  pack = "observability_stack"

  variables = {
    components = ["loki", "prometheus"]
  }
}

output "loki" {
  value = data.lostops_jobspec.observability.jobspecs["loki"]
}
