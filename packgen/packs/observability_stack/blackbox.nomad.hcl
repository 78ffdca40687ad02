job "blackbox" {
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

  group "blackbox" {
    shutdown_delay = "5s"

    network {
      port "http" {
        static       = local.port.blackbox
        to           = 9115
        host_network = var.host_network
      }
    }

    service {
      name     = local.service.blackbox
      provider = var.discovery
      port     = "http"
      tags     = ["metrics", "metrics_job=blackbox"]

      check {
        name     = "healthy"
        type     = "http"
        path     = "/-/healthy"
        interval = "10s"
        timeout  = "3s"
      }
    }

    task "blackbox" {
      driver = "docker"
      user   = "65534:65534"

      config {
        image           = local.image.blackbox
        args            = ["--config.file=/local/blackbox.yaml", "--log.level=warn"]
        ports           = ["http"]
        readonly_rootfs = true
        cap_drop        = ["all"]
        security_opt    = ["no-new-privileges"]

        # Pings without a raw socket, so that no capability is needed.
        sysctl = { "net.ipv4.ping_group_range" = "0 65535" }
      }

      template {
        destination   = "local/blackbox.yaml"
        change_mode   = "signal"
        change_signal = "SIGHUP"
        data          = file("files/blackbox.yaml")
      }

      resources {
        cpu        = local.resources.blackbox.cpu
        memory     = local.resources.blackbox.memory
        memory_max = local.resources.blackbox.memory_max
      }
    }
  }
}
