# An optional value that is taken away is null, one with a default has it again.
# plan: lab_file.a update
# state: lab_file.a.remark = null
# state: lab_file.a.audience = "team"
# state: lab_file.a.owner = "lab"
resource "lab_file" "a" {
  name    = "hello"
  content = "two"
}
