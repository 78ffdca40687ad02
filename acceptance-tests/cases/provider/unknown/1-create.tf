# The provider's own configuration hangs on something that is made in this apply.
# plan: terraform_data.folder create
# plan: lab_file.a create
# planned: lab_file.a.path unknown
# file: hello = "x"
resource "terraform_data" "folder" {
  input = var.folder
}
provider "lab" {
  folder = terraform_data.folder.output
}
resource "lab_file" "a" {
  name    = "hello"
  content = "x"
}
