# plan: lab_disk.d update
# planned: lab_disk.d.device unknown
# planned: lab_disk.d.serial = "LAB-data"
# state: lab_disk.d.device = "shelf/nvme0"
# state: lab_disk.d.changes = 2
resource "lab_disk" "d" {
  name  = "data"
  size  = 20
  label = "blue"
  bus   = "nvme"
}
