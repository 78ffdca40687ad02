# expect: error "port: expected a whole number from 0 to 65535, got 65536"
resource "lab_everything" "e" {
  port = 65536
}
