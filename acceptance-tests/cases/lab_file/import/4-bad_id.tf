# expect: error "Not the name of a file"
import {
  to = lab_file.b
  id = "No/Such"
}
resource "lab_file" "a" {
  name    = "found"
  content = "new"
}
resource "lab_file" "b" {
  name    = "nosuch"
  content = "x"
}
