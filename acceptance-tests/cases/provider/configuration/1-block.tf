# state: lab_file.a.owner = "ada"
provider "lab" {
  folder   = var.folder
  owner    = "ada"
  password = "secret"
  door {
    number = 3
  }
}
resource "lab_file" "a" {
  name    = "hello"
  content = "x"
}
