variable "release" {
  type    = string
  default = "1.14.2"
}

locals {
  image = "registry.example.com/shop/NAME:${var.release}"
}

job "NAME" {
  datacenters = ["*"]
  type        = "service"

  constraint {
    attribute = "${attr.kernel.name}"
    value     = "linux"
  }

  update {
    max_parallel      = 1
    min_healthy_time  = "10s"
    healthy_deadline  = "3m"
    progress_deadline = "10m"
    auto_revert       = true
  }

  group "web" {
    count          = 2
    shutdown_delay = "5s"

    network {
      port "http" {
        to = 8080
      }
    }

    restart {
      attempts = 3
      interval = "5m"
      delay    = "15s"
      mode     = "delay"
    }

    service {
      name     = "NAME"
      port     = "http"
      provider = "nomad"
      tags     = ["metrics", "release=${var.release}"]

      check {
        name     = "alive"
        type     = "http"
        path     = "/healthz"
        interval = "10s"
        timeout  = "2s"
      }
    }

    task "web" {
      driver       = "docker"
      kill_timeout = "20s"

      config {
        image    = local.image
        ports    = ["http"]
        args     = ["--config", "/local/settings.yaml"]
        cap_drop = ["all"]
      }

      env {
        RELEASE = var.release
        LISTEN  = "0.0.0.0:8080"
        REGION  = "${NOMAD_REGION}"
      }

      # The settings; the password is Nomad's.
      template {
        destination = "local/settings.yaml"
        data        = <<-EOT
          server:
            listen: 0.0.0.0:8080
            read_timeout: 30s
          database:
            host: db.example.com
            port: 5432
            {{ with nomadVar "nomad/jobs/NAME" }}
            user: {{ .user }}
            password: {{ .password | toJSON }}
            {{ end }}
          log:
            level: info
        EOT
      }

      resources {
        cpu    = 200 # MHz
        memory = 256 # MiB
      }
    }
  }
}
