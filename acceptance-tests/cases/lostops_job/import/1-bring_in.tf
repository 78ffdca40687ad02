# call: POST /v1/jobs {"Job": {"ID": "brought", "Type": "service", "Datacenters": ["*"], "Update": {"MinHealthyTime": 100000000, "HealthCheck": "task_states"}, "TaskGroups": [{"Name": "all", "Count": 1, "Tasks": [{"Name": "main", "Driver": "raw_exec", "Config": {"command": "/bin/sleep", "args": ["600"]}, "Resources": {"CPU": 20, "MemoryMB": 16}}]}]}}
# wait: GET /v1/job/brought Status = "running"
# plan: lostops_job.it update
# expect: warning "Job brought (namespace default) changes"
# state: lostops_job.it.complete = true
# state: lostops_job.it.status = "healthy"
# answers: GET /v1/job/brought Version = 1
import {
  to = lostops_job.it
  id = "default/brought"
}
resource "lostops_job" "it" {
  jobspec = <<-EOT
    job "brought" {
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
}
