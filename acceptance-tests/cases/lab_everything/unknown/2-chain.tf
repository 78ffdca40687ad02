# A chain in which each hangs on the one before: what was planned first still holds when it is planned again.
# plan: terraform_data.x update
# plan: lab_everything.e update
# plan: lab_everything.whole update
# plan: lab_file.f create
# plan: lab_noop.last create
# state: lab_noop.last.input = "chain: new and lab"
resource "terraform_data" "x" {
  input = { text = "new", list = ["p"], set = [1] }
}
resource "lab_everything" "e" {
  text = terraform_data.x.output.text
}
resource "lab_everything" "whole" {
  text = "chain: ${lab_everything.e.text}"
}
resource "lab_file" "f" {
  name    = "chain"
  content = lab_everything.whole.text
}
resource "lab_noop" "last" {
  input = "${lab_file.f.content} and ${lab_file.f.owner}"
}
