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

# One server and two clients on machines that are there already. Whoever runs Terraform logs in as with `ssh`: by agent, key,
# SSH configuration and jump host; keys for a pipeline are said in the provider's block `ssh`.
resource "lostops_cluster" "edge" {
  name      = "edge"
  discovery = "nomad"

  pool "server" {
    role = "server"

    host {
      name    = "edge-1"
      address = "192.0.2.11"
    }
  }

  pool "work" {
    role = "client"

    host {
      name    = "edge-2"
      address = "192.0.2.12"
    }
    host {
      name     = "edge-3"
      address  = "192.0.2.13"
      host_key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIB8Ht8Z3j6yDWPBHQtOp/R9rjWvfMYo3MSA/K6q8D86r"
    }
  }

  ssh {
    user = "admin"

    bastion {
      address = "gate.example.com"
    }
  }

  # When Nomad gets another version, two clients at a time are emptied, changed and filled again; servers go one by one.
  upgrade {
    max_parallel   = 2
    drain_deadline = "10m"
  }

  # A host that refused makes the apply fail without making Terraform destroy the rest: the next apply finishes it.
  lifecycle {
    postcondition {
      condition     = self.complete
      error_message = "Some hosts are not finished: see the warnings, mend what they name, and apply again."
    }
  }
}

# One virtual machine on this machine, by QEMU, that is a whole cluster: it outlives Terraform, and what leads into it are
# ports of this machine's loopback. `lostops_cluster.here.nomad` reaches Nomad through one of them.
resource "lostops_cluster" "here" {
  name      = "here"
  discovery = "nomad"

  pool "all" {
    role    = "both"
    ingress = true

    host {
      name            = "here-1"
      private_address = "10.77.0.11"
    }

    # A disk of its own, which goes with the machine.
    volume {
      name = "data"
      path = "/srv/data"
      size = 10
    }
  }

  qemu {
    folder = "${path.root}/machines"
    image  = "/var/lib/images/debian-12-genericcloud-amd64.qcow2"
    cpus   = 2
    memory = 4096
  }

  # The key that the provider's block `ssh` logs in with has to be among them.
  ssh {
    public_keys = ["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ9m1xS1p3Tt5cXkz0yq4N6ZlJt5H0mN1h1h8m2w3r4T ada"]
  }

  lifecycle {
    postcondition {
      condition     = self.complete
      error_message = "The machine is not finished: see the warnings, mend what they name, and apply again."
    }
  }
}
