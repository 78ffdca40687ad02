job "grafana" {
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

  group "grafana" {
    shutdown_delay = "5s"

    network {
      port "http" {
        static       = local.port.grafana
        to           = 3000
        host_network = var.host_network
      }
    }

    dynamic "volume" {
      for_each = local.volume_block
      labels   = ["data"]
      content {
        type            = "host"
        source          = local.volume.grafana
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
      name     = local.service.grafana
      provider = var.discovery
      port     = "http"
      tags     = concat(local.tls == "off" ? ["metrics", "metrics_job=grafana"] : [], local.ingress_tags)

      check {
        name            = "healthy"
        type            = "http"
        protocol        = local.grafana_scheme
        tls_skip_verify = local.tls != "off"
        path            = "/api/health"
        interval        = "10s"
        timeout         = "3s"
      }
    }

    task "grafana" {
      driver       = "docker"
      user         = "472:0"
      kill_timeout = "30s"

      config {
        image           = local.image.grafana
        ports           = ["http"]
        readonly_rootfs = true
        cap_drop        = ["all"]
        security_opt    = ["no-new-privileges"]
        mount = [{
          type          = "tmpfs"
          target        = "/tmp"
          tmpfs_options = { size = 67108864 }
        }]
      }

      env = {
        GF_PATHS_DATA                              = local.kept ? "/var/lib/grafana" : "/alloc/data/grafana"
        GF_PATHS_LOGS                              = "/alloc/logs"
        GF_PATHS_PROVISIONING                      = "/local/provisioning"
        GF_LOG_MODE                                = "console"
        GF_LOG_LEVEL                               = "warn"
        GF_SERVER_PROTOCOL                         = local.grafana_scheme
        GF_SERVER_CERT_FILE                        = local.tls == "off" ? "" : "/secrets/tls.pem"
        GF_SERVER_CERT_KEY                         = local.tls == "off" ? "" : "/secrets/tls.pem"
        GF_SERVER_ROOT_URL                         = local.root_url
        GF_SERVER_MIN_TLS_VERSION                  = "TLS1.2"
        GF_DATABASE_WAL                            = "true"
        GF_SECURITY_ADMIN_USER                     = "admin"
        GF_SECURITY_ADMIN_PASSWORD__FILE           = "/secrets/admin_password"
        GF_SECURITY_SECRET_KEY__FILE               = "/secrets/secret_key"
        GF_SECURITY_COOKIE_SECURE                  = local.tls != "off" || var.ingress != null ? "true" : "false"
        GF_SECURITY_COOKIE_SAMESITE                = "lax"
        GF_SECURITY_STRICT_TRANSPORT_SECURITY      = var.ingress != null ? "true" : "false"
        GF_SECURITY_CONTENT_SECURITY_POLICY        = "true"
        GF_AUTH_ANONYMOUS_ENABLED                  = "false"
        GF_USERS_ALLOW_SIGN_UP                     = "false"
        GF_USERS_DEFAULT_THEME                     = "system"
        GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH  = "/local/dashboards/cluster.json"
        GF_ANALYTICS_REPORTING_ENABLED             = "false"
        GF_ANALYTICS_CHECK_FOR_UPDATES             = "false"
        GF_ANALYTICS_CHECK_FOR_PLUGIN_UPDATES      = "false"
        GF_NEWS_NEWS_FEED_ENABLED                  = "false"
        GF_PLUGINS_PREINSTALL_DISABLED             = "true"
        GF_UNIFIED_ALERTING_ENABLED                = "true"
        GF_UNIFIED_STORAGE_MIGRATION_CACHE_SIZE_KB = "100000"
      }

      dynamic "consul" {
        for_each = local.consul_block
        content {}
      }

      dynamic "volume_mount" {
        for_each = local.volume_block
        content {
          volume      = "data"
          destination = "/var/lib/grafana"
        }
      }

      template {
        destination = "secrets/admin_password"
        perms       = "0400"
        uid         = 472
        gid         = 0
        data        = "{{ with nomadVar `${local.vars.grafana}` }}{{ .admin_password }}{{ end }}"
      }

      template {
        destination = "secrets/secret_key"
        perms       = "0400"
        uid         = 472
        gid         = 0
        data        = "{{ with nomadVar `${local.vars.grafana}` }}{{ .secret_key }}{{ end }}"
      }

      # A certificate for this allocation alone, made where it is used: `once`, or every change elsewhere made another.
      dynamic "template" {
        for_each = local.tls == "self_signed" ? [1] : []
        content {
          destination = "secrets/tls.pem"
          perms       = "0400"
          uid         = 472
          gid         = 0
          once        = true
          data        = "{{ $c := sprig_genSelfSignedCert `grafana` (sprig_list (env `NOMAD_HOST_IP_http`) `127.0.0.1`) (sprig_list `localhost`) 825 }}{{ $c.Cert }}{{ $c.Key }}"
        }
      }

      dynamic "template" {
        for_each = local.tls == "certificate" ? [1] : []
        content {
          destination = "secrets/tls.pem"
          perms       = "0400"
          uid         = 472
          gid         = 0
          data        = "{{ with nomadVar `${local.vars.grafana}` }}{{ .certificate }}\n{{ .certificate_key }}\n{{ end }}"
        }
      }

      template {
        destination = "local/provisioning/datasources/stack.yaml"
        data = template("files/grafana/datasources.yaml.hbs", {
          loki         = local.on.loki ? "http://${local.address.loki}" : ""
          prometheus   = local.on.prometheus ? "http://${local.address.prometheus}" : ""
          tempo        = local.on.tempo ? "http://${local.address.tempo}" : ""
          alertmanager = local.on.alertmanager ? "http://${local.address.alertmanager}" : ""
          interval     = var.prometheus.scrape_interval
        })

        wait {
          min = local.settled
          max = local.patient
        }
      }

      template {
        destination = "local/provisioning/dashboards/stack.yaml"
        data        = file("files/grafana/dashboards.yaml")
      }

      # Grafana reads the folder anew every 30 s: a changed dashboard needs no restart.
      dynamic "template" {
        for_each = local.dashboards
        content {
          destination     = "local/dashboards/${template.key}.json"
          left_delimiter  = "<<"
          right_delimiter = ">>"
          change_mode     = "noop"
          data            = template.value
        }
      }

      template {
        destination = "local/limits.env"
        env         = true
        data        = local.go_memory
      }

      resources {
        cpu        = local.resources.grafana.cpu
        memory     = local.resources.grafana.memory
        memory_max = local.resources.grafana.memory_max
      }
    }
  }
}
