# plan: nothing
resource "lab_file" "a" {
  name    = "hello"
  content = "theirs"
}
