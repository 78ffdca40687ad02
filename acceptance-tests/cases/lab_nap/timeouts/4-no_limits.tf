# plan: lab_nap.n update
# state: lab_nap.n.timeouts = null
resource "lab_nap" "n" {
  name         = "bed"
  milliseconds = 1
}
