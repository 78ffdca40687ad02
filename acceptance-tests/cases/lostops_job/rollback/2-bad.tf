# plan: lostops_job.it update
# expect: warning "Job back (namespace default) changes"
# expect: error "It went back to version 0, which is healthy"
# expect: error "Job back"
# expect: error "| the cause"
# state: lostops_job.it.complete = false
# answers: GET /v1/job/back TaskGroups.0.Tasks.0.Env.V = "1"
# answers: GET /v1/job/back Version = 2
resource "lostops_job" "it" {
  jobspec = <<-EOT
    job "back" {
      type = "service"
      update {
        max_parallel      = 1
        health_check      = "task_states"
        min_healthy_time  = "3s"
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
            args    = ["-c", "echo the cause >&2; exit 3"]
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
