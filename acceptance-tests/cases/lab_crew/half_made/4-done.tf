# outside: absent = ""
# plan: lab_crew.c update
# state: lab_crew.c.complete = true
# state: lab_crew.c.members = ["crew-1", "crew-2", "crew-3"]
resource "lab_crew" "c" {
  name = "crew"
  size = 3
  lifecycle {
    postcondition {
      condition     = self.complete
      error_message = "not everybody came"
    }
  }
}
