# expect: error "Too many rule blocks"
resource "lab_network" "n" {
  name = "net"
  entry {
    address = "front"
  }
  rule {
    port = 1
  }
  rule {
    port = 2
  }
  rule {
    port = 3
  }
  rule {
    port = 4
  }
}
