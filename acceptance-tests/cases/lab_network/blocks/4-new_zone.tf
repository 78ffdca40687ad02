# A new labelled block replaces nothing, even with something immutable in it.
# plan: lab_network.n update
# state: lab_network.n.zone.north.place = "there"
resource "lab_network" "n" {
  name = "net"
  entry {
    address = "front"
  }
  zone "east" {
    place = "here"
  }
  zone "north" {
    place = "there"
  }
}
