# plan: nothing
resource "terraform_data" "folder" {
  input = var.folder
}
provider "lab" {
  folder = var.folder
}
resource "lab_file" "a" {
  name    = "hello"
  content = "x"
}
