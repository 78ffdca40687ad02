# It failed half-way: the state tells what is, and what is kept beside it was not lost by the failure before.
# expect: error "Trouble: during update"
# plan: lab_trouble.t update
# state: lab_trouble.t.content = "three"
# state: lab_trouble.t.fails = null
# state: lab_trouble.t.tries = 3
# file: it = "three"
resource "lab_trouble" "t" {
  name    = "it"
  content = "three"
  fails   = "during update"
}
