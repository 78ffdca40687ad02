# The plan decides that this cannot be done in place.
# plan: lab_disk.d replace
# planned: lab_disk.d.serial unknown
# state: lab_disk.d.changes = 0
# file: data = "5"
resource "lab_disk" "d" {
  name  = "data"
  size  = 5
  label = "green"
  bus   = "nvme"
}
