# Another secret alone changes nothing: nobody remembers the old one.
# plan: nothing
# file: key = "swordfish"
resource "lab_secret" "s" {
  name             = "key"
  value_wo         = "salmon"
  value_wo_version = 1
  reader {
    name = "bob"
  }
  reader {
    name = "ada"
  }
  copy {
    name       = "spare"
    heading_wo = "shut"
  }
}
