# wait: GET /v1/job/done Status = "dead"
# plan: nothing
# state: lostops_job.it.drift = []
resource "lostops_job" "it" {
  jobspec = <<-EOT
    job "done" {
      type = "batch"
      group "all" {
        count = 1
        restart {
          attempts = 0
          mode     = "fail"
        }
        task "main" {
          driver = "raw_exec"
          config {
            command = "/bin/sh"
            args    = ["-c", "sleep 0.2"]
          }
          resources {
            cpu    = 20
            memory = 16
          }
        }
      }
    }
  EOT
}
