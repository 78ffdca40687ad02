# A postcondition makes the apply fail, without tainting.
# expect: error "not everybody came"
# expect: warning "crew-3 did not come"
# plan: lab_crew.c update
# state: lab_crew.c.complete = false
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
