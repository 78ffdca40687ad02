job "change" {
  type = "batch"

  group "change" {
    reschedule {
      attempts  = 0
      unlimited = false
    }

    restart {
      attempts = 0
      mode     = "fail"
    }

    task "change" {
      driver = "docker"

      config {
        image = var.tools
        args  = ["echo", "the data is as ${var.tools} wants it"]
      }

      resources {
        cpu    = 20
        memory = 16
      }
    }
  }
}
