# A batch job that fails a moment after its start was never healthy, and who waits for one waits for its end, however
# long it has been at work.
#
# plan: lostops_job.it create
# plan: lostops_job.soon create
# expect: warning "Job up-change (namespace default) is new"
# expect: warning "Job up-app (namespace default) is new"
# expect: warning "Job soon (namespace default) is new"
# expect: warning "Job up-change: failed"
# expect: warning "| no such table"
# expect: warning "Job up-app was not registered"
# expect: warning "Job soon: failed"
# expect: warning "| too soon"
# state: lostops_job.it.complete = false
# state: lostops_job.it.status = "unhealthy"
# state: lostops_job.soon.complete = false
# answers: GET /v1/job/up-app 404
# then: changes
resource "lostops_job" "it" {
  pack = "./upgrade"
  name = "up"
  variables = {
    script = "sleep 12; echo no such table >&2; exit 1"
  }
}
resource "lostops_job" "soon" {
  jobspec = <<-EOT
    job "soon" {
      type = "batch"
      group "all" {
        count = 1
        reschedule {
          attempts  = 0
          unlimited = false
        }
        restart {
          attempts = 0
          mode     = "fail"
        }
        task "main" {
          driver = "raw_exec"
          config {
            command = "/bin/sh"
            args    = ["-c", "sleep 2; echo too soon >&2; exit 1"]
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
