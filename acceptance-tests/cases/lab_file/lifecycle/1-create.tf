# What the provider sets is unknown, a default is not.
# plan: lab_file.a create
# planned: lab_file.a.audience = "team"
# planned: lab_file.a.remark = null
# planned: lab_file.a.path unknown
# planned: lab_file.a.written unknown
# planned: lab_file.a.owner unknown
# state: lab_file.a.owner = "lab"
# state: lab_file.a.remark = null
# state: lab_file.a.timeouts = null
# file: hello = "one"
resource "lab_file" "a" {
  name    = "hello"
  content = "one"
}
