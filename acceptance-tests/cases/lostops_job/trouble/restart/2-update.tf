# fault: restart 1s
# plan: lostops_job.it update
# expect: warning "Job restarted (namespace default) changes"
# state: lostops_job.it.complete = true
# state: lostops_job.it.status = "healthy"
# answers: GET /v1/job/restarted Version = 1
resource "lostops_job" "it" {
  jobspec = <<-EOT
    job "restarted" {
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
          env {
            V = "2"
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
