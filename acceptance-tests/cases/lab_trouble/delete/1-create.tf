resource "lab_trouble" "t" {
  name  = "it"
  fails = "delete"
}
