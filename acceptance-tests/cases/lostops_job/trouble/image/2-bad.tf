# plan: lostops_job.it update
# expect: warning "Job pulls (namespace default) changes"
# expect: error "Failed to pull `example/missing:1`"
# expect: error "It went back to version 0, which is healthy"
# state: lostops_job.it.complete = false
resource "lostops_job" "it" {
  jobspec = <<-EOT
    job "pulls" {
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
          driver = "docker"
          config {
            image = "example/missing:1"
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
