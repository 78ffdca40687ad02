# needs: terraform 1.11, tofu 1.11
# plan: lostops_job.it create
# expect: warning "Job keeps (namespace default) is new"
# state: lostops_job.it.complete = true
# state: lostops_job.it.status = "healthy"
# state: lostops_job.it.secrets_wo = null
# answers: GET /v1/var/nomad/jobs/keeps Items.password = "hunter2"
resource "lostops_job" "it" {
  jobspec = <<-EOT
    job "keeps" {
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
          template {
            destination = "secrets/env"
            env         = true
            data        = "P={{ with nomadVar \"nomad/jobs/keeps\" }}{{ .password }}{{ end }}"
          }
          resources {
            cpu    = 20
            memory = 16
          }
        }
      }
    }
  EOT
  secrets_wo         = { password = "hunter2" }
  secrets_wo_version = 1
}
