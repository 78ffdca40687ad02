# The next apply sends for the others: an update, not a replacement.
# outside: absent = "crew-3"
# expect: warning "crew-3 did not come"
# plan: lab_crew.c update
# planned: lab_crew.c.complete unknown
# state: lab_crew.c.complete = false
# state: lab_crew.c.members = ["crew-1", "crew-2"]
# then: changes
resource "lab_crew" "c" {
  name = "crew"
  size = 3
}
