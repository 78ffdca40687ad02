# plan: lab_file.a["x"] delete
# plan: lab_file.b[1] delete
resource "lab_file" "a" {
  for_each = toset(["y"])
  name     = each.key
  content  = each.key
}
resource "lab_file" "b" {
  count   = 1
  name    = "n${count.index}"
  content = "kept"
  lifecycle {
    ignore_changes = [content]
  }
}
