# A member has left: drift shows as a change of `drift`, and an update repairs it.
# outside: crew-2 absent
# plan: lab_crew.c update
# planned: lab_crew.c.drift = []
# planned: lab_crew.c.members unknown
# state: lab_crew.c.drift = []
# state: lab_crew.c.members = ["crew-1", "crew-2"]
# file: crew-2 = "here"
resource "lab_crew" "c" {
  name = "crew"
  size = 2
}
