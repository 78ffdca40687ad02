# The limit that counts is the one in the configuration now.
# expect: error "Timeout during update"
# state: lab_nap.n.rested = false
resource "lab_nap" "n" {
  name         = "bed"
  milliseconds = 60000
  timeouts {
    update = "100ms"
  }
}
