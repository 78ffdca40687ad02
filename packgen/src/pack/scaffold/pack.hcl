pack "NAME" {
  version = "0.1.0"
  summary = "A page that says hello"
  nomad   = ">= 1.10"
}

# The file NAME.nomad.hcl. `when = …` would say whether it runs, `after = ["…"]` what must run first.
job "NAME" {
  description = "nginx with one page"
}

output "service" {
  type        = string
  description = "Name of the service"
  value       = pack.id
}
