# What somebody else has removed is removed.
# outside: hello absent
# with: -destroy -refresh=false
# plan: lab_file.a delete
# state: lab_file.a absent
# then: changes
resource "lab_file" "a" {
  name    = "hello"
  content = "one"
}
