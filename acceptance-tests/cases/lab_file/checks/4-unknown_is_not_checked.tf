# A check across attributes waits until they are known, and then holds.
# expect: error "a file for all needs somebody to ask"
# state: lab_noop.audience.input = "all"
resource "lab_noop" "audience" {
  input = "all"
}
resource "terraform_data" "audience" {
  input = lab_noop.audience.input
}
resource "lab_file" "a" {
  name     = "hello"
  content  = "x"
  audience = terraform_data.audience.output
}
