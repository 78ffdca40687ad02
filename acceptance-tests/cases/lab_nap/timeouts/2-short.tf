# plan: lab_nap.n replace
# state: lab_nap.n.rested = true
# state: lab_nap.n.timeouts.update = "200ms"
resource "lab_nap" "n" {
  name         = "bed"
  milliseconds = 1
  timeouts {
    update = "200ms"
  }
}
