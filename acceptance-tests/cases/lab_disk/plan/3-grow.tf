# In place, with a word of warning; what the author holds stays known.
# expect: warning "Disk data grows"
# plan: lab_disk.d update
# planned: lab_disk.d.label = "Blue"
# planned: lab_disk.d.serial = "LAB-data"
# planned: lab_disk.d.device = "shelf/scsi0"
# planned: lab_disk.d.changes unknown
# state: lab_disk.d.changes = 1
# file: data = "20"
resource "lab_disk" "d" {
  name  = "data"
  size  = 20
  label = "BLUE"
}
