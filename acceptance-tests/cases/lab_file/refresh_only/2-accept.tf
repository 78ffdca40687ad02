# outside: hello = "theirs"
# with: -refresh-only
# plan: nothing
# state: lab_file.a.content = "theirs"
# file: hello = "theirs"
# then: changes
resource "lab_file" "a" {
  name    = "hello"
  content = "mine"
}
