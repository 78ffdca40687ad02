# Two configurations of one provider, each in its own process.
# state: lab_file.a.owner = "ada"
# state: lab_file.b.owner = "bob"
provider "lab" {
  folder = var.folder
  owner  = "ada"
}
provider "lab" {
  alias  = "second"
  folder = "${var.folder}/second"
  owner  = "bob"
}
resource "lab_file" "a" {
  name    = "hello"
  content = "first"
}
resource "lab_file" "b" {
  provider = lab.second
  name     = "hello"
  content  = "second, after ${lab_file.a.written}"
}
