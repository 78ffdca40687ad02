# The apply gets the configuration as it is written, and acts on the plan all the same.
# plan: lab_file.a update
# state: lab_file.a.content = "one"
# state: lab_file.a.remark = null
# state: lab_file.a.audience = "all"
# state: lab_file.a.owner = "me"
# file: hello = "one"
resource "lab_file" "a" {
  name     = "hello"
  content  = "three"
  remark   = "new"
  audience = "all"
  owner    = "me"
  lifecycle {
    ignore_changes = [content, remark]
  }
}
