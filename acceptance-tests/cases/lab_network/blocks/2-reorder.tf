# Sets have no order, and a value equal to its default is no change.
# plan: nothing
resource "lab_network" "n" {
  name = "net"
  entry {
    address = "front"
    width   = 10
  }
  rule {
    port = 80
  }
  rule {
    port     = 53
    protocol = "udp"
  }
  peer {
    name = "b"
    cost = 5
  }
  peer {
    name = "a"
    cost = 1
  }
  zone "west" {
    place = "there"
    size  = 7
  }
  zone "east" {
    place = "here"
    subnet {
      range = "10.0.1.0/24"
    }
    subnet {
      range = "10.0.2.0/24"
    }
  }
}
output "peers" {
  value = { for peer in lab_network.n.peer : peer.name => { cost = peer.cost, line = peer.line } }
}
