job "tempo" {
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

  group "tempo" {
    shutdown_delay = "5s"

    network {
      port "http" {
        static       = local.port.tempo
        to           = 3200
        host_network = var.host_network
      }
      port "otlp" {
        static       = local.port.tempo_otlp
        to           = 4317
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
        source          = local.volume.tempo
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
      name     = local.service.tempo
      provider = var.discovery
      port     = "http"
      tags     = ["metrics", "metrics_job=tempo"]

      check {
        name     = "ready"
        type     = "http"
        path     = "/ready"
        interval = "10s"
        timeout  = "3s"
      }
    }

    service {
      name     = "${local.service.tempo}-otlp"
      provider = var.discovery
      port     = "otlp"

      check {
        name     = "listening"
        type     = "tcp"
        interval = "10s"
        timeout  = "3s"
      }
    }

    task "tempo" {
      driver       = "docker"
      user         = "10001:10001"
      kill_timeout = "60s"

      config {
        image           = local.image.tempo
        args            = concat(["-config.file=/local/tempo.yaml"], local.s3 ? ["-config.expand-env=true"] : [])
        ports           = ["http", "otlp"]
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
          destination = "/var/tempo"
        }
      }

      template {
        destination = "local/tempo.yaml"
        data = template("files/tempo/tempo.yaml.hbs", {
          data       = local.kept && !local.s3 ? "/var/tempo" : "/alloc/data/tempo"
          s3         = local.bucket
          retention  = local.keep.traces
          cluster    = var.cluster
          prometheus = local.on.prometheus ? "http://${local.address.prometheus}/api/v1/write" : ""
        })

        wait {
          min = local.settled
          max = local.patient
        }
      }

      dynamic "template" {
        for_each = local.s3_keys_block
        content {
          destination = "secrets/s3.env"
          env         = true
          data        = local.s3_env.tempo
        }
      }

      resources {
        cpu        = local.resources.tempo.cpu
        memory     = local.resources.tempo.memory
        memory_max = local.resources.tempo.memory_max
      }
    }
  }
}
