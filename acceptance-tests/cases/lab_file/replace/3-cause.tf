# Whether something new counts as a change is where the programs differ.
resource "lab_noop" "cause" {
  input = "x"
}
resource "lab_file" "a" {
  name    = "hello"
  content = "one"
  lifecycle {
    replace_triggered_by = [lab_noop.cause]
  }
}
