# plan: lostops_job.it create
# expect: warning "Job half (namespace default) is new"
# expect: warning "Job half:"
# expect: warning "Driver Failure"
# state: lostops_job.it.complete = false
# state: lostops_job.it.status = "unhealthy"
# then: changes
# answers: GET /v1/job/half Version = 0
resource "lostops_job" "it" {
  jobspec = <<-EOT
    job "half" {
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
            command = "/no/such/program"
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
}
