# outside: hello absent
# plan: lab_file.a create
# file: hello = "mine"
resource "lab_file" "a" {
  name    = "hello"
  content = "mine"
}
