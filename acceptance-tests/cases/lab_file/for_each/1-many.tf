# plan: lab_file.a["x"] create
# plan: lab_file.a["y"] create
# plan: lab_file.b[0] create
# plan: lab_file.b[1] create
# state: lab_file.a["x"].content = "x"
resource "lab_file" "a" {
  for_each = toset(["x", "y"])
  name     = each.key
  content  = each.key
}
resource "lab_file" "b" {
  count   = 2
  name    = "n${count.index}"
  content = lab_file.a["x"].written
}
