# The type of a dynamic value can change from one apply to the next.
# plan: lab_everything.e update
# output: anything = "text"
resource "lab_everything" "e" {
  anything = "text"
}
output "anything" {
  value = lab_everything.e.anything
}
