# expect: error "door.number: expected a number from 1 to 99, got 100"
provider "lab" {
  folder   = var.folder
  password = "secret"
  door {
    number = 100
  }
}
resource "lab_file" "a" {
  name    = "hello"
  content = "x"
}
