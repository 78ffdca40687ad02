job "change" {
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
        args    = ["-c", var.script]
      }
      resources {
        cpu    = 20
        memory = 16
      }
    }
  }
}
