# expect: error "a lab with a `door` needs a `password`"
provider "lab" {
  folder = var.folder
  door {
    number = 3
  }
}
resource "lab_file" "a" {
  name    = "hello"
  content = "x"
}
