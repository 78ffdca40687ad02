job "web" {
  update {
    min_healthy_time  = "1s"
    healthy_deadline  = "30s"
    progress_deadline = "1m"
  }

  group "web" {
    shutdown_delay = "1s"

    network {
      port "http" {
        to = 8080
      }
    }

    volume "orders" {
      type            = "host"
      source          = pack.volumes.orders
      access_mode     = "single-node-single-writer"
      attachment_mode = "file-system"
    }

    reschedule {
      attempts  = 0
      unlimited = false
    }

    restart {
      attempts = 0
      mode     = "fail"
    }

    service {
      name     = pack.ids.web
      provider = "nomad"
      port     = "http"

      check {
        name     = "alive"
        type     = "http"
        path     = "/"
        interval = "2s"
        timeout  = "1s"
      }
    }

    task "app" {
      driver = "docker"
      user   = "65534:65534"

      config {
        image = var.image
        ports = ["http"]
        args  = ["sh", "/local/start"]
      }

      env = var.otel_env

      volume_mount {
        volume      = "orders"
        destination = "/orders"
      }

      template {
        destination = "local/start"
        data        = file("files/start.sh")
      }

      template {
        destination = "secrets/session.env"
        env         = true
        data        = "SESSION_KEY={{ with nomadVar \"${pack.secrets.web}\" }}{{ .session_key }}{{ end }}\n"
      }

      resources {
        cpu    = 20
        memory = 16
      }
    }
  }
}
