# An object that is there cannot be looked at without: an error that says what to do, and nothing is lost.
# expect: error "The provider's folder depends on something that Terraform makes only in this apply"
# state: lab_file.a.content = "x"
resource "terraform_data" "folder" {
  input            = var.folder
  triggers_replace = "again"
}
provider "lab" {
  folder = terraform_data.folder.output
}
resource "lab_file" "a" {
  name    = "hello"
  content = "x"
}
