# plan: nothing
# state: lab_file.a.content = "one"
resource "lab_file" "a" {
  name    = "hello"
  content = "two"
  remark  = "new"
  lifecycle {
    ignore_changes = [content, remark]
  }
}
