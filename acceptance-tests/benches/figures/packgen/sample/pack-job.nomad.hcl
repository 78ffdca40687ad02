job "NAME" {
  datacenters = ["*"]
  type        = "service"
  priority    = 60

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
    canary            = 1
  }

  group "NAME" {
    count          = lookup(var.instances, "NAME", 1)
    shutdown_delay = "5s"

    network {
      mode = "bridge"

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

    task "NAME" {
      driver       = "docker"
      kill_timeout = "20s"

      config {
        image           = "${var.registry}/NAME:${var.release}"
        ports           = ["http"]
        args            = ["--config", "/local/settings.yaml"]
        readonly_rootfs = true
        cap_drop        = ["all"]
      }

      env = {
        RELEASE = var.release
        LISTEN  = "0.0.0.0:8080"
        REGION  = "${NOMAD_REGION}"
      }

      template {
        destination = "local/settings.yaml"
        change_mode = "restart"
        data = template("files/settings.yaml.hbs", {
          name     = "NAME"
          port     = 8080
          database = var.database
          origins  = var.origins
          features = var.features
        })
      }

      template {
        destination = "secrets/database.env"
        env         = true
        data        = <<-EOT
          {{ with nomadVar "nomad/jobs/NAME" }}
          DATABASE_USER={{ .user }}
          DATABASE_PASSWORD={{ .password }}
          {{ end }}
        EOT
      }

      resources {
        cpu        = var.resources.cpu
        memory     = var.resources.memory
        memory_max = var.resources.memory_max
      }
    }
  }
}
