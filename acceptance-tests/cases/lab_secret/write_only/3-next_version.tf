# plan: lab_secret.s update
# state: lab_secret.s.value_wo = null
# file: key = "salmon"
# file: spare = "shut: salmon"
resource "lab_secret" "s" {
  name             = "key"
  value_wo         = "salmon"
  value_wo_version = 2
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
