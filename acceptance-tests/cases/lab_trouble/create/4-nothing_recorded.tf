# An author's slip is an error that says whose.
# expect: error "lab_trouble reported success without recording an object"
# state: lab_trouble.u absent
resource "lab_trouble" "t" {
  name    = "it"
  content = "made"
}
resource "lab_trouble" "u" {
  name  = "other"
  fails = "nothing recorded"
}
