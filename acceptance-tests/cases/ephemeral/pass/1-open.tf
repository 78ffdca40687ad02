# needs: terraform 1.10, tofu 1.11
# expect: error "visitor: expected 1 to 63 lower-case letters"
ephemeral "lab_pass" "p" {
  visitor = "Not A Name"
}
