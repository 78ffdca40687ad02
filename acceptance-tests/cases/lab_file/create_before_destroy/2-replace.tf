# plan: lab_file.a replace
# plan: lab_noop.user update
# file: old absent
# file: new = "one"
resource "lab_file" "a" {
  name    = "new"
  content = "one"
  lifecycle {
    create_before_destroy = true
  }
}
resource "lab_noop" "user" {
  input = lab_file.a.path
}
