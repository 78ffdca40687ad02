# plan: lab_trouble.t update
# state: lab_trouble.t.tries = 4
resource "lab_trouble" "t" {
  name  = "it"
  fails = "plan delete"
}
