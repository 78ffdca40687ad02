# plan: nothing
data "lab_file" "d" {
  name = "letter"
}
