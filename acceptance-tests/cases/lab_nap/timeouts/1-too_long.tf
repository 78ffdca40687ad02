# The limit ends the work; what was recorded by then is saved.
# expect: error "Timeout during create"
# expect: error "It did not finish within 300ms"
# state: lab_nap.n tainted
# state: lab_nap.n.rested = false
# state: lab_nap.n.timeouts = {"create":"300ms","delete":null,"read":null,"update":null}
# file: bed = "asleep"
resource "lab_nap" "n" {
  name         = "bed"
  milliseconds = 60000
  deaf         = true
  timeouts {
    create = "300ms"
  }
}
