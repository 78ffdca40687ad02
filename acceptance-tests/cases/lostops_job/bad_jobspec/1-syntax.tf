# expect: error "The jobspec is not right"
# expect: error "jobspec:3:5"
resource "lostops_job" "it" {
  jobspec = <<-EOT
    job "bad" {
      group "all" {
        cuont = 1
      }
    }
  EOT
}
