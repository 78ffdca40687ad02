# Without a known size the hook cannot run: what it holds is unknown, what is stable is not.
# plan: terraform_data.size create
# plan: lab_disk.d update
# planned: lab_disk.d.size unknown
# planned: lab_disk.d.device unknown
# planned: lab_disk.d.serial = "LAB-data"
# expect: warning "Disk data grows"
# state: lab_disk.d.device = "10.0.0.1/scsi0"
resource "terraform_data" "machine" {
  input = "10.0.0.2"
}
resource "terraform_data" "size" {
  input = 12
}
resource "lab_disk" "d" {
  name    = "data"
  size    = terraform_data.size.output
  machine = terraform_data.machine.output
}
