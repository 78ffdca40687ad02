# outside: found = "old"
# state: lab_file.a.content = "old"
# state: lab_file.a.owner = "lab"
# file: found = "old"
import {
  to = lab_file.a
  id = "found"
}
resource "lab_file" "a" {
  name    = "found"
  content = "old"
}
