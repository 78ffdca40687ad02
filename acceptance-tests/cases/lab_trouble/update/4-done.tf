# plan: lab_trouble.t update
# state: lab_trouble.t.content = "four"
# state: lab_trouble.t.tries = 4
resource "lab_trouble" "t" {
  name    = "it"
  content = "four"
}
