# plan: nothing
provider "lab" {
  folder = var.folder
}
resource "lab_file" "a" {
  name    = "hello"
  content = "x"
}
