# plan: nothing
resource "lab_trouble" "t" {
  name    = "it"
  content = "four"
}
