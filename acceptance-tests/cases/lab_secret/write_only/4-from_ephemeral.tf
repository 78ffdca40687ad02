# plan: lab_secret.s update
# file: key = "bob-1234"
ephemeral "lab_pass" "p" {
  visitor = "bob"
}
resource "lab_secret" "s" {
  name             = "key"
  value_wo         = ephemeral.lab_pass.p.code
  value_wo_version = 3
}
