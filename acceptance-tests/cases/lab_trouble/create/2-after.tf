# It failed after something was made: that is saved, tainted.
# expect: error "Trouble: after create"
# plan: lab_trouble.t create
# state: lab_trouble.t tainted
# state: lab_trouble.t.tries = 1
# file: it = "made"
resource "lab_trouble" "t" {
  name    = "it"
  fails   = "after create"
  content = "made"
}
