# Fewer rules, another peer, one zone less, a way out.
# plan: lab_network.n update
# planned: lab_network.n.rule.0.id = 1
# planned: lab_network.n.exit.width = 10
# state: lab_network.n.exit.width = 10
# state: lab_network.n.zone.east.size = 1
# output: peers = {"b":{"cost":5,"line":"net-b"},"c":{"cost":1,"line":"net-c"}}
resource "lab_network" "n" {
  name = "net"
  entry {
    address = "front"
    width   = 12
  }
  exit {
    address = "back"
  }
  rule {
    port = 443
  }
  peer {
    name = "b"
    cost = 5
  }
  peer {
    name = "c"
  }
  zone "east" {
    place = "here"
    subnet {
      range = "10.0.1.0/24"
    }
  }
}
output "peers" {
  value = { for peer in lab_network.n.peer : peer.name => { cost = peer.cost, line = peer.line } }
}
