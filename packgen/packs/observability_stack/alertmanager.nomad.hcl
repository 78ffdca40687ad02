job "alertmanager" {
  datacenters = var.datacenters
  node_pool   = var.node_pool

  dynamic "constraint" {
    for_each = var.constraints
    content {
      attribute = constraint.value.attribute
      operator  = constraint.value.operator
      value     = constraint.value.value
    }
  }

  dynamic "constraint" {
    for_each = local.private_block
    content {
      attribute = "${attr.unique.network.ip-address}"
      operator  = "regexp"
      value     = local.private
    }
  }

  update {
    healthy_deadline  = "5m"
    progress_deadline = "15m"
    auto_revert       = true
  }

  group "alertmanager" {
    shutdown_delay = "5s"

    network {
      port "http" {
        static       = local.port.alertmanager
        to           = 9093
        host_network = var.host_network
      }
    }

    # Silences and what was already sent: without it, an update of this job calls everybody once more.
    dynamic "volume" {
      for_each = local.volume_block
      labels   = ["data"]
      content {
        type            = "host"
        source          = local.volume.alertmanager
        access_mode     = "single-node-single-writer"
        attachment_mode = "file-system"
        sticky          = true
      }
    }

    restart {
      attempts = 10
      interval = "10m"
      delay    = "15s"
      mode     = "delay"
    }

    service {
      name     = local.service.alertmanager
      provider = var.discovery
      port     = "http"
      tags     = ["metrics", "metrics_job=alertmanager"]

      check {
        name     = "ready"
        type     = "http"
        path     = "/-/ready"
        interval = "10s"
        timeout  = "3s"
      }
    }

    task "alertmanager" {
      driver = "docker"
      user   = "65534:65534"

      config {
        image = local.image.alertmanager
        args = [
          "--config.file=/local/alertmanager.yaml",
          "--storage.path=${local.kept ? "/alertmanager" : "/alloc/data/alertmanager"}",
          "--cluster.listen-address=",
          "--log.level=warn",
        ]
        ports           = ["http"]
        readonly_rootfs = true
        cap_drop        = ["all"]
        security_opt    = ["no-new-privileges"]
      }

      dynamic "volume_mount" {
        for_each = local.volume_block
        content {
          volume      = "data"
          destination = "/alertmanager"
        }
      }

      template {
        destination     = "local/alertmanager.yaml"
        left_delimiter  = "<<"
        right_delimiter = ">>"
        change_mode     = "signal"
        change_signal   = "SIGHUP"
        data = template("files/alertmanager/alertmanager.yaml.hbs", {
          alerting  = var.alerting
          receivers = local.receivers
          slack     = try(coalesce(var.alerting.slack.channel, ""), "")
          email = var.alerting.email != null ? merge(var.alerting.email, {
            to       = join(", ", var.alerting.email.to)
            username = try(coalesce(var.alerting.email.username, ""), "")
          }) : null
          severities = local.severities
        })
      }

      template {
        destination     = "local/lostops.tmpl"
        left_delimiter  = "<<"
        right_delimiter = ">>"
        change_mode     = "signal"
        change_signal   = "SIGHUP"
        data            = file("files/alertmanager/lostops.tmpl")
      }

      # Each address is a file of its own, for the one user that the program runs as.
      dynamic "template" {
        for_each = local.alert_secrets
        content {
          destination   = "secrets/${template.value}"
          perms         = "0400"
          uid           = 65534
          gid           = 65534
          change_mode   = "signal"
          change_signal = "SIGHUP"
          data          = "{{ with nomadVar `${local.vars.alertmanager}` }}{{ .${template.value} }}{{ end }}"
        }
      }

      resources {
        cpu        = local.resources.alertmanager.cpu
        memory     = local.resources.alertmanager.memory
        memory_max = local.resources.alertmanager.memory_max
      }
    }
  }
}
