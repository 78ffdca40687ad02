resource "lab_everything" "e" {
  port = 65535
}
