# plan: lostops_job.it create
# expect: warning "Job done (namespace default) is new"
# state: lostops_job.it.complete = true
# answers: GET /v1/job/done Status = "dead"
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
