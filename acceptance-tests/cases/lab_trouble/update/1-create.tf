# state: lab_trouble.t.tries = 1
resource "lab_trouble" "t" {
  name    = "it"
  content = "one"
}
