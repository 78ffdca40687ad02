# expect: error "Cannot import lab_file"
# expect: error "There is no such object"
# state: lab_file.b absent
import {
  to = lab_file.b
  id = "nowhere"
}
resource "lab_file" "a" {
  name    = "found"
  content = "new"
}
resource "lab_file" "b" {
  name    = "nowhere"
  content = "x"
}
