# plan: lab_file.a update
# file: found = "new"
resource "lab_file" "a" {
  name    = "found"
  content = "new"
}
