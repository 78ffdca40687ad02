# expire: 3f0c0e7e-6a52-4f43-9f0e-5f4f2f6f7a01
# plan: lostops_job.it update
# expect: error "The token has expired"
# expect: warning "The token has expired"
provider "lostops" {
  nomad {
    addresses = [var.nomad]
    token     = "3f0c0e7e-6a52-4f43-9f0e-5f4f2f6f7a01"
  }
}
resource "lostops_job" "it" {
  jobspec = <<-EOT
    job "timely" {
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
