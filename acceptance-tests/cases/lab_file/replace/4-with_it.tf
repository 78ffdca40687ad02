# plan: lab_noop.cause update
# plan: lab_file.a replace
resource "lab_noop" "cause" {
  input = "y"
}
resource "lab_file" "a" {
  name    = "hello"
  content = "one"
  lifecycle {
    replace_triggered_by = [lab_noop.cause]
  }
}
