# The same value spelled differently is no change.
# plan: nothing
# state: lab_disk.d.label = "Blue"
resource "lab_disk" "d" {
  name  = "data"
  size  = 10
  label = "BLUE"
}
