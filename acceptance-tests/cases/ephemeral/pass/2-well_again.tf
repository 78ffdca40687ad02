# plan: nothing
ephemeral "lab_pass" "p" {
  visitor = "ada"
}
