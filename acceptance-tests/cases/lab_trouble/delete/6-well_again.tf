# plan: lab_trouble.t update
resource "lab_trouble" "t" {
  name = "it"
}
