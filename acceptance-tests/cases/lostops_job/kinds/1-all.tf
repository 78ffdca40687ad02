# plan: lostops_job.s create
# plan: lostops_job.p create
# plan: lostops_job.d create
# expect: warning "Job everywhere (namespace default) is new"
# expect: warning "Job by_the_clock (namespace default) is new"
# expect: warning "Job on_demand (namespace default) is new"
# state: lostops_job.s.status = "healthy"
# state: lostops_job.p.status = "scheduled"
# state: lostops_job.d.status = "scheduled"
resource "lostops_job" "s" {
  jobspec = <<-EOT
    job "everywhere" {
      type = "system"
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
resource "lostops_job" "p" {
  jobspec = <<-EOT
    job "by_the_clock" {
      type = "batch"
      periodic {
        crons = ["0 0 1 1 *"]
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
resource "lostops_job" "d" {
  jobspec = <<-EOT
    job "on_demand" {
      type = "batch"
      parameterized {
        payload = "optional"
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
