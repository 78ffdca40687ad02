job "loki" {
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

  group "loki" {
    shutdown_delay = "5s"

    network {
      port "http" {
        static       = local.port.loki
        to           = 3100
        host_network = var.host_network
      }
    }

    # In a bucket only what was not uploaded yet lies here: it moves along when the node is drained.
    ephemeral_disk {
      size    = local.s3 ? 2000 : 300
      sticky  = local.s3
      migrate = local.s3
    }

    dynamic "volume" {
      for_each = local.bucket_volume
      labels   = ["data"]
      content {
        type            = "host"
        source          = local.volume.loki
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
      name     = local.service.loki
      provider = var.discovery
      port     = "http"
      tags     = ["metrics", "metrics_job=loki"]

      check {
        name     = "ready"
        type     = "http"
        path     = "/ready"
        interval = "10s"
        timeout  = "3s"
      }
    }

    task "loki" {
      driver       = "docker"
      user         = "10001:10001"
      kill_timeout = "60s"

      config {
        image           = local.image.loki
        args            = concat(["-config.file=/local/loki.yaml"], local.s3 ? ["-config.expand-env=true"] : [])
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
        for_each = local.bucket_volume
        content {
          volume      = "data"
          destination = "/loki"
        }
      }

      template {
        destination = "local/loki.yaml"
        data = template("files/loki/loki.yaml.hbs", {
          data         = local.kept && !local.s3 ? "/loki" : "/alloc/data/loki"
          s3           = local.bucket
          retention    = local.keep.logs
          ingest_mb    = var.loki.ingest_mb
          burst_mb     = 2 * var.loki.ingest_mb
          max_streams  = var.loki.max_streams
          alertmanager = local.calls ? "http://${local.address.alertmanager}" : ""
        })

        wait {
          min = local.settled
          max = local.patient
        }
      }

      template {
        destination     = "local/rules/fake/logs.yaml"
        left_delimiter  = "<<"
        right_delimiter = ">>"
        change_mode     = "noop"
        data            = file("files/rules/logs.loki.yaml")
      }

      template {
        destination = "local/limits.env"
        env         = true
        data        = local.go_memory
      }

      dynamic "template" {
        for_each = local.s3_keys_block
        content {
          destination = "secrets/s3.env"
          env         = true
          data        = local.s3_env.loki
        }
      }

      resources {
        cpu        = local.resources.loki.cpu
        memory     = local.resources.loki.memory
        memory_max = local.resources.loki.memory_max
      }
    }
  }
}
