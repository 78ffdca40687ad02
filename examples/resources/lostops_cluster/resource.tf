# Three servers and two clients, as seeds for any hypervisor: boot a cloud image of Debian or Ubuntu with its ISO attached,
# and the host sets itself up.
resource "lostops_cluster" "main" {
  name = "office"

  pool "server" {
    role = "server"

    host {
      name    = "server-1"
      address = "10.0.0.11"
    }
    host {
      name    = "server-2"
      address = "10.0.0.12"
    }
    host {
      name    = "server-3"
      address = "10.0.0.13"
    }
  }

  pool "web" {
    role    = "client"
    ingress = true

    host {
      name    = "web-1"
      address = "10.0.0.21"
    }
    host {
      name    = "web-2"
      address = "10.0.0.22"
    }

    volume {
      name   = "uploads"
      path   = "/srv/uploads"
      device = "/dev/disk/by-id/virtio-uploads"
    }
  }

  nocloud {
    output_dir = "${path.root}/seeds"

    network {
      card        = "ens18"
      prefix      = 24
      gateway     = "10.0.0.1"
      nameservers = ["10.0.0.1"]
    }
  }

  ssh {
    public_keys = ["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ9m1xS1p3Tt5cXkz0yq4N6ZlJt5H0mN1h1h8m2w3r4T ada"]
  }

  firewall {
    admin_cidrs = ["10.0.0.0/24"]

    rule {
      from_pool = "server"
      to_pool   = "web"
      ports     = ["9100"]
    }
  }

  # Raise a number to have those secrets made anew.
  rotate {
    certs = 1
  }
}
