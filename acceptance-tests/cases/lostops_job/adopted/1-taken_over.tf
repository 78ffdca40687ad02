# call: POST /v1/jobs {"Job": {"ID": "ours", "Type": "service", "Datacenters": ["*"], "Meta": {"lostops": "jobspec/ours"}, "TaskGroups": [{"Name": "all", "Count": 0, "Tasks": [{"Name": "main", "Driver": "raw_exec", "Config": {"command": "/bin/sleep", "args": ["600"]}}]}]}}
# plan: lostops_job.it create
# expect: warning "Job ours is taken over"
# expect: warning "Job ours (namespace default) changes"
# state: lostops_job.it.complete = true
# state: lostops_job.it.status = "healthy"
# state: lostops_job.it.versions.ours = 1
resource "lostops_job" "it" {
  jobspec = <<-EOT
    job "ours" {
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
