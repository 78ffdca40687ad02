# Unknown values at every depth, sets included.
# plan: terraform_data.x create
# plan: lab_network.n create
# planned: lab_network.n.zone.east.subnet.0.range unknown
# planned: lab_network.n.zone.east.subnet.0.first unknown
# state: lab_network.n.zone.east.subnet.0.first = "10.0.9.1"
# output: lines = ["net-10.0.9.0/24","net-b"]
resource "terraform_data" "x" {
  input = "10.0.9.0/24"
}
resource "lab_network" "n" {
  name = "net"
  entry {
    address = terraform_data.x.output
  }
  peer {
    name = terraform_data.x.output
  }
  peer {
    name = "b"
  }
  zone "east" {
    place = "here"
    subnet {
      range = terraform_data.x.output
    }
  }
}
output "lines" {
  value = sort([for peer in lab_network.n.peer : peer.line])
}
