# call: POST /v1/jobs {"Job": {"ID": "theirs", "Type": "service", "Datacenters": ["*"], "TaskGroups": [{"Name": "all", "Count": 0, "Tasks": [{"Name": "main", "Driver": "raw_exec", "Config": {"command": "/bin/sleep", "args": ["600"]}}]}]}}
# plan: lostops_job.it create
# expect: error "Job theirs is somebody else's"
# expect: warning "Job theirs (namespace default) changes"
# state: lostops_job.it absent
# answers: GET /v1/job/theirs Version = 0
resource "lostops_job" "it" {
  jobspec = <<-EOT
    job "theirs" {
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
