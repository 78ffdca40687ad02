# plan: lostops_job.it create
# state: lostops_job.it.status = "rendered"
# state: lostops_job.it.complete = true
# answers: GET /v1/job/paper 404
resource "lostops_job" "it" {
  jobspec = <<-EOT
    job "paper" {
      type = "service"
      update {
        max_parallel      = 1
        health_check      = "task_states"
        min_healthy_time  = "100ms"
        healthy_deadline  = "20s"
        progress_deadline = "30s"
      }
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
            args    = ["-c", "sleep 600"]
          }
          resources {
            cpu    = 20
            memory = 16
          }
        }
      }
    }
  EOT
  render_only = true
}
