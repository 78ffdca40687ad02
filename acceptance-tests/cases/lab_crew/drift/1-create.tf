# state: lab_crew.c.drift = []
resource "lab_crew" "c" {
  name = "crew"
  size = 2
}
