output "jobspecs" {
  value = provider::lostops::render_pack("observability_stack", {
    components = ["loki", "prometheus"]
  })
}
