# needs: terraform 1.11, tofu 1.11
# state: lab_secret.s.value_wo = null
# state: lab_secret.s.copy.0.heading_wo = null
# state: lab_secret.s.reader = [{"name":"ada"},{"name":"bob"}]
# file: key = "swordfish"
# file: spare = "open: swordfish"
resource "lab_secret" "s" {
  name             = "key"
  value_wo         = "swordfish"
  value_wo_version = 1
  reader {
    name = "bob"
  }
  reader {
    name = "ada"
  }
  copy {
    name       = "spare"
    heading_wo = "open"
  }
}
