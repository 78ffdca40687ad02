# It failed before anything changed: the state is what it was.
# expect: error "Trouble: before update"
# plan: lab_trouble.t update
# state: lab_trouble.t.content = "one"
# state: lab_trouble.t.fails = null
# state: lab_trouble.t.tries = 1
# file: it = "one"
resource "lab_trouble" "t" {
  name    = "it"
  content = "two"
  fails   = "before update"
}
