# Every way of nesting, with defaults and computed values inside.
# plan: lab_network.n create
# planned: lab_network.n.entry.width = 10
# planned: lab_network.n.exit = null
# planned: lab_network.n.rule.0.protocol = "tcp"
# planned: lab_network.n.rule.1.id unknown
# planned: lab_network.n.zone.east.size unknown
# planned: lab_network.n.zone.west.size = 7
# planned: lab_network.n.zone.east.subnet.0.first unknown
# state: lab_network.n.rule.1.id = 2
# state: lab_network.n.zone.east.size = 2
# state: lab_network.n.zone.east.subnet.1.first = "10.0.2.1"
# output: peers = {"a":{"cost":1,"line":"net-a"},"b":{"cost":5,"line":"net-b"}}
resource "lab_network" "n" {
  name = "net"
  entry {
    address = "front"
  }
  rule {
    port = 80
  }
  rule {
    port     = 53
    protocol = "udp"
  }
  peer {
    name = "a"
  }
  peer {
    name = "b"
    cost = 5
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
  zone "west" {
    place = "there"
    size  = 7
  }
}
output "peers" {
  value = { for peer in lab_network.n.peer : peer.name => { cost = peer.cost, line = peer.line } }
}
