# outside: crew-1 absent
# with: -refresh-only
# plan: nothing
# state: lab_crew.c.drift = ["crew-1: here → gone"]
# file: crew-1 absent
# then: changes
resource "lab_crew" "c" {
  name = "crew"
  size = 2
}
