# How many blocks there will be is unknown as well.
# plan: terraform_data.ports create
# plan: terraform_data.x update
# plan: lab_network.n update
# planned: lab_network.n.rule unknown
# planned: lab_network.n.peer unknown
# state: lab_network.n.rule.1.port = 2
# state: lab_network.n.rule.1.id = 2
# planned: lab_network.n.zone.east.subnet unknown
# state: lab_network.n.zone.east.size = 2
# state: lab_network.n.zone.east.subnet.1.first = "10.2.0.1"
# output: lines = ["net-p1","net-p2"]
resource "terraform_data" "x" {
  input = "10.0.8.0/24"
}
resource "terraform_data" "ports" {
  input = [1, 2]
}
resource "lab_network" "n" {
  name = "net"
  entry {
    address = terraform_data.x.output
  }
  dynamic "rule" {
    for_each = terraform_data.ports.output
    content {
      port = rule.value
    }
  }
  dynamic "peer" {
    for_each = terraform_data.ports.output
    content {
      name = "p${peer.value}"
    }
  }
  zone "east" {
    place = "here"
    dynamic "subnet" {
      for_each = terraform_data.ports.output
      content {
        range = "10.${subnet.value}.0.0/24"
      }
    }
  }
}
output "lines" {
  value = sort([for peer in lab_network.n.peer : peer.line])
}
