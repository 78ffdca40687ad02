# Unknown values at every depth: whole, in a list, in a set, in an object, as a dynamic value, with what is known of them.
# plan: terraform_data.x create
# plan: lab_everything.e create
# plan: lab_everything.whole create
# planned: lab_everything.e.text unknown
# planned: lab_everything.e.texts.1 unknown
# planned: lab_everything.e.numbers.2 unknown
# planned: lab_everything.e.point.x unknown
# planned: lab_everything.whole.texts unknown
# planned: lab_everything.whole.anything unknown
# state: lab_everything.e.text = "pre-text"
# state: lab_everything.e.texts = ["a", "text"]
# state: lab_everything.e.numbers = [1, 2, 4]
# state: lab_everything.e.point = {"label": "text", "x": 4, "y": 1}
# state: lab_everything.whole.texts = ["p", "q"]
# state: lab_everything.whole.whole = 4
# output: any = {"list":["p","q"],"text":"text"}
resource "terraform_data" "x" {
  input = { text = "text", list = ["p", "q"], set = [1, 2] }
}
resource "lab_everything" "e" {
  text     = "pre-${terraform_data.x.output.text}"
  texts    = ["a", terraform_data.x.output.text]
  numbers  = [1, 2, length(terraform_data.x.output.text)]
  point    = { x = length(terraform_data.x.output.text), y = 1, label = terraform_data.x.output.text }
  anything = { text = terraform_data.x.output.text, known = 1 }
  many     = [1, length(terraform_data.x.output.text)]
}
resource "lab_everything" "whole" {
  texts    = terraform_data.x.output.list
  numbers  = toset(terraform_data.x.output.set)
  whole    = length(terraform_data.x.output.text)
  labels   = { for name in terraform_data.x.output.list : name => name }
  anything = terraform_data.x.output
}
output "any" {
  value = { list = lab_everything.whole.anything.list, text = lab_everything.e.anything.text }
}
