job "prometheus" {
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

  group "prometheus" {
    shutdown_delay = "5s"

    network {
      port "http" {
        static       = local.port.prometheus
        to           = 9090
        host_network = var.host_network
      }
    }

    dynamic "volume" {
      for_each = local.volume_block
      labels   = ["data"]
      content {
        type            = "host"
        source          = local.volume.prometheus
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
      name     = local.service.prometheus
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

    task "prometheus" {
      driver       = "docker"
      user         = "65534:65534"
      kill_timeout = "60s"

      # No lifecycle endpoint: whoever reaches the port must not be able to stop the server. Nomad reloads it by signal.
      config {
        image = local.image.prometheus
        args = [
          "--config.file=/local/prometheus.yaml",
          "--storage.tsdb.path=${local.kept ? "/prometheus" : "/alloc/data/prometheus"}",
          "--web.enable-remote-write-receiver",
          "--web.enable-otlp-receiver",
          "--enable-feature=exemplar-storage,promql-experimental-functions",
          "--log.level=warn",
        ]
        ports           = ["http"]
        readonly_rootfs = true
        cap_drop        = ["all"]
        security_opt    = ["no-new-privileges"]
      }

      dynamic "consul" {
        for_each = local.consul_block
        content {}
      }

      dynamic "volume_mount" {
        for_each = local.volume_block
        content {
          volume      = "data"
          destination = "/prometheus"
        }
      }

      template {
        destination   = "local/prometheus.yaml"
        change_mode   = "signal"
        change_signal = "SIGHUP"
        data = template("files/prometheus/prometheus.yaml.hbs", {
          cluster         = var.cluster
          scrape_interval = var.prometheus.scrape_interval
          retention       = local.keep.metrics
          size            = "${floor(var.storage.volume.prometheus_gib * 0.85 * 1024)}MiB"
          sized           = local.kept
          alertmanager    = local.calls ? local.address.alertmanager : ""
          blackbox        = local.on.blackbox ? local.address.blackbox : ""
          grafana         = local.on.grafana && local.tls != "off" ? local.address.grafana : ""
          probes          = [for name, p in var.probe : merge(p, { name = name, module = local.modules[p.module] })]
          consul          = var.discovery == "consul"
          consul_acl      = var.agents.consul_acl
          nomad           = var.discovery == "consul" || length(var.agents.nomad_servers) > 0
          https           = local.agents_scheme == "https"
        })

        wait {
          min = local.settled
          max = local.patient
        }
      }

      # What is scraped: files that Prometheus watches itself, so that no agent's address or token is needed.
      template {
        destination = "local/targets/services.yaml"
        change_mode = "noop"
        data        = templatefile("files/prometheus/services.yaml.tftpl", { list = local.catalog, one = local.lookup, any = local.any })
      }

      template {
        destination = "local/targets/probes.yaml"
        change_mode = "noop"
        data        = templatefile("files/prometheus/probes.yaml.tftpl", { list = local.catalog, one = local.lookup })
      }

      template {
        destination = "local/targets/nomad.yaml"
        change_mode = "noop"
        data        = templatefile("files/prometheus/nomad.yaml.tftpl", { servers = var.agents.nomad_servers, consul = var.discovery == "consul" })
      }

      dynamic "template" {
        for_each = local.consul_block
        content {
          destination = "local/targets/consul.yaml"
          change_mode = "noop"
          data        = templatefile("files/prometheus/consul.yaml.tftpl", { port = local.agents_scheme == "https" ? 8501 : 8500 })
        }
      }

      dynamic "template" {
        for_each = local.ca_block
        content {
          destination = "local/agents-ca.pem"
          data        = template.value
        }
      }

      # Rules and their texts are Prometheus's own templates: Nomad must not read them.
      dynamic "template" {
        for_each = local.rules
        content {
          destination     = "local/rules/${template.key}.yaml"
          left_delimiter  = "<<"
          right_delimiter = ">>"
          change_mode     = "signal"
          change_signal   = "SIGHUP"
          data            = template.value
        }
      }

      resources {
        cpu        = local.resources.prometheus.cpu
        memory     = local.resources.prometheus.memory
        memory_max = local.resources.prometheus.memory_max
      }
    }
  }
}
