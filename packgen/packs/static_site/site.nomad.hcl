locals {
  given  = var.volume == null ? var.files : {}
  mounts = var.volume == null ? [] : [1]
  asks   = var.protect ? [1] : []
}

job "site" {
  datacenters = var.datacenters
  node_pool   = var.node_pool

  update {
    max_parallel = 1
    auto_revert  = true
  }

  group "site" {
    count          = var.instances
    shutdown_delay = "5s"

    network {
      port "http" {
        to = 8080
      }
    }

    service {
      name     = pack.id
      provider = var.discovery
      port     = "http"
      tags     = var.tags

      check {
        name     = "alive"
        type     = "http"
        path     = "/healthz"
        interval = "10s"
        timeout  = "2s"
      }
    }

    dynamic "volume" {
      for_each = local.mounts
      labels   = ["pages"]
      content {
        type            = "host"
        source          = pack.volumes.pages
        read_only       = true
        access_mode     = "single-node-reader-only"
        attachment_mode = "file-system"
      }
    }

    task "nginx" {
      driver = "docker"
      user   = "101:101"

      config {
        image           = var.image
        ports           = ["http"]
        readonly_rootfs = true
        cap_drop        = ["all"]
        mount = [
          { type = "bind", source = "local/nginx", target = "/etc/nginx/conf.d", readonly = true },
          { type = "tmpfs", target = "/tmp" },
        ]
      }

      dynamic "volume_mount" {
        for_each = local.mounts
        content {
          volume      = "pages"
          destination = "/pages"
          read_only   = true
        }
      }

      template {
        destination = "local/nginx/default.conf"
        data = template("files/nginx.conf.hbs", {
          cache   = var.cache
          domains = var.domains
          headers = var.headers
          protect = var.protect
          root    = var.volume == null ? "/local/pages" : "/pages"
        })
        change_mode   = "signal"
        change_signal = "SIGHUP"
      }

      # The pages may hold any text: these delimiters are in none of them, so consul-template prints them as they are.
      dynamic "template" {
        for_each = local.given
        content {
          destination     = "local/pages/${template.key}"
          data            = template.value
          left_delimiter  = "<<static_site<<"
          right_delimiter = ">>static_site>>"
          change_mode     = "noop"
        }
      }

      dynamic "template" {
        for_each = local.asks
        content {
          destination   = "secrets/users"
          data          = "site:{PLAIN}{{ with nomadVar \"${pack.secrets.site}\" }}{{ .password }}{{ end }}\n"
          change_mode   = "signal"
          change_signal = "SIGHUP"
        }
      }

      resources {
        cpu    = var.resources.cpu
        memory = var.resources.memory
      }
    }
  }
}
