# output: anything = {"a":[1,2],"b":[]}
resource "lab_everything" "e" {
  anything = tomap({ a = toset([2, 1]), b = toset([]) })
}
output "anything" {
  value = lab_everything.e.anything
}
