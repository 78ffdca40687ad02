# expect: error "lab_noop cannot be imported"
import {
  to = lab_noop.b
  id = "x"
}
resource "lab_file" "a" {
  name    = "found"
  content = "new"
}
resource "lab_noop" "b" {}
