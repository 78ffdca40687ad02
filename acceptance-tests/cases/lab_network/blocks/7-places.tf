# The place of a problem is named, down to the block.
# expect: error "rule.1.port: expected a number from 1 to 65535, got 70000"
# expect: error "expected at most 4 \"zone\" blocks, got 5"
resource "lab_network" "n" {
  name = "net"
  entry {
    address = "front"
  }
  rule {
    port = 1
  }
  rule {
    port = 70000
  }
  zone "a" {
    place = "x"
  }
  zone "b" {
    place = "x"
  }
  zone "c" {
    place = "x"
  }
  zone "d" {
    place = "x"
  }
  zone "e" {
    place = "x"
  }
}
