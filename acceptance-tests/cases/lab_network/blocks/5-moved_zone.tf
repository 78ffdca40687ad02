# An immutable value inside of a labelled block replaces the whole.
# plan: lab_network.n replace
resource "lab_network" "n" {
  name = "net"
  entry {
    address = "front"
  }
  zone "east" {
    place = "elsewhere"
  }
}
