# with: -replace=lab_file.a
# plan: lab_file.a replace
# file: hello = "one"
resource "lab_file" "a" {
  name    = "hello"
  content = "one"
}
