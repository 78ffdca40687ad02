# And replaced by the next apply.
# plan: lab_trouble.t replace
# state: lab_trouble.t.tries = 1
resource "lab_trouble" "t" {
  name    = "it"
  content = "made"
}
