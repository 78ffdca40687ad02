# plan: lab_disk.d create
# state: lab_disk.d.device = "shelf/scsi0"
# state: lab_disk.d.changes = 0
# file: data = "10"
resource "lab_disk" "d" {
  name  = "data"
  size  = 10
  label = "Blue"
}
