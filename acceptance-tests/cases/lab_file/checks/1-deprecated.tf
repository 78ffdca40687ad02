# An old name still works.
# plan: lab_file.a create
resource "lab_file" "a" {
  name    = "hello"
  content = "x"
  comment = "old-fashioned"
}
