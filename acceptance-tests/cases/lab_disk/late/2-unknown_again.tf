# An update in which it is unknown: the hook runs and holds what it holds.
# expect: warning "Disk data grows"
# plan: terraform_data.machine update
# plan: lab_disk.d update
# planned: lab_disk.d.machine unknown
# planned: lab_disk.d.device = "10.0.0.1/scsi0"
# planned: lab_disk.d.serial = "LAB-data"
resource "terraform_data" "machine" {
  input = "10.0.0.2"
}
resource "lab_disk" "d" {
  name    = "data"
  size    = 11
  machine = terraform_data.machine.output
}
