# expect: error "a file for all needs somebody to ask"
resource "lab_file" "a" {
  name     = "hello"
  content  = "x"
  audience = "all"
}
