# plan: lab_file.a replace
# planned: lab_file.a.path unknown
# file: hello absent
# file: other = "two"
resource "lab_file" "a" {
  name    = "other"
  content = "two"
}
