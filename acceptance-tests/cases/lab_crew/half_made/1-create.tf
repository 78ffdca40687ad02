# Half of it could not be made: a warning, and nothing is tainted.
# outside: absent = "crew-2\ncrew-3"
# expect: warning "crew-2 did not come"
# expect: warning "crew-3 did not come"
# plan: lab_crew.c create
# state: lab_crew.c.complete = false
# state: lab_crew.c.members = ["crew-1"]
# file: crew-1 = "here"
# then: changes
resource "lab_crew" "c" {
  name = "crew"
  size = 3
}
