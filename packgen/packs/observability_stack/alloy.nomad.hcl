job "alloy" {
  type        = "system"
  datacenters = var.datacenters
  node_pool   = "all"

  dynamic "constraint" {
    for_each = local.private_block
    content {
      attribute = "${attr.unique.network.ip-address}"
      operator  = "regexp"
      value     = local.private
    }
  }

  update {
    max_parallel      = 5
    healthy_deadline  = "5m"
    progress_deadline = "15m"
    auto_revert       = true
  }

  group "alloy" {
    shutdown_delay = "5s"

    # It reads the host's files and Docker's socket: where the client does not allow that, it is not placed.
    constraint {
      attribute = "${attr.driver.docker.volumes.enabled}"
      value     = "true"
    }

    network {
      port "http" {
        static       = local.port.alloy
        host_network = var.host_network
      }
      port "otlp_grpc" {
        static       = local.port.otlp_grpc
        host_network = var.host_network
      }
      port "otlp_http" {
        static       = local.port.otlp_http
        host_network = var.host_network
      }
    }

    # Places in the log files, and what was not delivered yet.
    ephemeral_disk {
      size   = 1000
      sticky = true
    }

    restart {
      attempts = 10
      interval = "10m"
      delay    = "15s"
      mode     = "delay"
    }

    service {
      name     = local.service.alloy
      provider = var.discovery
      port     = "http"

      check {
        name     = "ready"
        type     = "http"
        path     = "/-/ready"
        interval = "10s"
        timeout  = "3s"
      }
    }

    service {
      name     = "${local.service.alloy}-otlp"
      provider = var.discovery
      port     = "otlp_grpc"

      check {
        name     = "listening"
        type     = "tcp"
        interval = "10s"
        timeout  = "3s"
      }
    }

    task "alloy" {
      driver       = "docker"
      user         = "0:0"
      kill_timeout = "30s"

      # The host's network, for its interfaces' counters and its agents; no other of its namespaces, no privilege.
      config {
        image = local.image.alloy
        args = [
          "run",
          "--server.http.listen-addr=${NOMAD_ADDR_http}",
          "--storage.path=/alloc/data/alloy",
          "--disable-reporting",
          "/local/config.alloy",
        ]
        network_mode    = "host"
        readonly_rootfs = true
        cap_drop        = ["all"]
        security_opt    = ["no-new-privileges"]
        volumes = [
          "/:/host:ro,rslave",
          "${var.docker_socket}:/var/run/docker.sock:ro",
        ]
      }

      env {
        NODE_NAME   = "${node.unique.name}"
        NOMAD_AGENT = "${attr.unique.advertise.address}"
      }

      dynamic "consul" {
        for_each = local.consul_block
        content {}
      }

      template {
        destination   = "local/config.alloy"
        change_mode   = "signal"
        change_signal = "SIGHUP"
        data = template("files/alloy/config.alloy.hbs", {
          cluster        = var.cluster
          memory         = "${floor(local.resources.alloy.memory * 0.6)}MiB"
          metrics        = local.on.prometheus ? "http://${local.address.prometheus}" : ""
          logs           = local.on.loki ? "http://${local.address.loki}" : ""
          traces         = local.on.tempo ? local.address["tempo-otlp"] : ""
          journal        = var.alloy.journal
          textfiles      = coalesce(var.alloy.textfiles, "")
          https          = local.agents_scheme == "https"
          only_clients   = var.discovery == "consul" || length(var.agents.nomad_servers) > 0
          consul         = var.discovery == "consul"
          consul_address = var.agents.consul_address
          consul_acl     = var.agents.consul_acl
        })

        wait {
          min = local.settled
          max = local.patient
        }
      }

      dynamic "template" {
        for_each = local.ca_block
        content {
          destination = "local/agents-ca.pem"
          data        = template.value
        }
      }

      resources {
        cpu        = local.resources.alloy.cpu
        memory     = local.resources.alloy.memory
        memory_max = local.resources.alloy.memory_max
      }
    }
  }
}
