# plan: nothing
resource "lab_file" "a" {
  name    = "found"
  content = "new"
}
