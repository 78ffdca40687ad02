resource "lab_file" "a" {
  name    = "hello"
  content = "one"
}
