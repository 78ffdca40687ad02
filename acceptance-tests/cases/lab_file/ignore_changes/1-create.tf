resource "lab_file" "a" {
  name    = "hello"
  content = "one"
  lifecycle {
    ignore_changes = [content, remark]
  }
}
