# Every problem is reported at once, each at its place.
# expect: error "name: expected 1 to 63 lower-case letters"
# expect: error "audience: expected one of `me`, `team`, `all`, got \"nobody\""
# expect: error "timeouts.create: expected a duration such as 90s"
# state: lab_file.a.name = "hello"
resource "lab_file" "a" {
  name     = "Not A Name"
  content  = "x"
  audience = "nobody"
  timeouts {
    create = "soon"
  }
}
