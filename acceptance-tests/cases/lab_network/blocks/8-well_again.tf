resource "lab_network" "n" {
  name = "net"
  entry {
    address = "front"
  }
}
