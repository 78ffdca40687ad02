# An old name still works.
# expect: warning "Use `remark`."
# plan: lab_file.a create
resource "lab_file" "a" {
  name    = "hello"
  content = "x"
  comment = "old-fashioned"
}
