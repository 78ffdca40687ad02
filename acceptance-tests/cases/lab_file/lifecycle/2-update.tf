# What is stable or held stays known, what is volatile does not.
# plan: lab_file.a update
# planned: lab_file.a.owner = "lab"
# planned: lab_file.a.written unknown
# state: lab_file.a.remark = "changed"
# file: hello = "two"
resource "lab_file" "a" {
  name     = "hello"
  content  = "two"
  audience = "me"
  remark   = "changed"
}
