resource "lab_file" "a" {
  name    = "old"
  content = "one"
  lifecycle {
    create_before_destroy = true
  }
}
resource "lab_noop" "user" {
  input = lab_file.a.path
}
