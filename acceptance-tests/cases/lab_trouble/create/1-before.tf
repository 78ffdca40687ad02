# It failed before anything was made: nothing is saved.
# expect: error "Trouble: before create"
# state: lab_trouble.t absent
# file: it absent
resource "lab_trouble" "t" {
  name  = "it"
  fails = "before create"
}
