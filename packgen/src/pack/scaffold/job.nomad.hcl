job "NAME" {
  group "NAME" {
    count          = var.instances
    shutdown_delay = "5s"

    network {
      port "http" {
        to = 8080
      }
    }

    service {
      name     = pack.id
      provider = "nomad"
      port     = "http"

      check {
        type     = "http"
        path     = "/"
        interval = "10s"
        timeout  = "2s"
      }
    }

    task "nginx" {
      driver = "docker"

      config {
        image   = "docker.io/nginxinc/nginx-unprivileged:1.29-alpine"
        ports   = ["http"]
        volumes = ["local/page:/usr/share/nginx/html:ro"]
      }

      template {
        destination = "local/page/index.html"
        data        = templatefile("files/page.html.tftpl", { greeting = var.greeting })
      }

      resources {
        cpu    = var.resources.cpu
        memory = var.resources.memory
      }
    }
  }
}
