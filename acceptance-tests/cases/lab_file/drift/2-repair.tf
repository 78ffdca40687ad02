# Somebody wrote into the file: the plan shows it, the apply repairs it.
# outside: hello = "theirs"
# plan: lab_file.a update
# file: hello = "mine"
resource "lab_file" "a" {
  name    = "hello"
  content = "mine"
}
