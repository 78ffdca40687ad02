job "app" {
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
