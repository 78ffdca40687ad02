# call: PUT /v1/namespace/shop {"Name": "shop", "Description": "a room"}
# plan: lostops_job.it create
# expect: warning "Job tenant (namespace shop) is new"
# state: lostops_job.it.complete = true
# state: lostops_job.it.status = "healthy"
# answers: GET /v1/job/tenant?namespace=shop Status = "running"
# answers: GET /v1/job/tenant 404
resource "lostops_job" "it" {
  jobspec = <<-EOT
    job "tenant" {
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
  namespace = "shop"
}
