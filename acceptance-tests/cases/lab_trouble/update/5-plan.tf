# expect: error "Trouble: plan"
# state: lab_trouble.t.content = "four"
resource "lab_trouble" "t" {
  name    = "it"
  content = "five"
  fails   = "plan"
}
