# The author copes with a machine whose address is not known yet.
# plan: terraform_data.machine create
# plan: lab_disk.d create
# planned: lab_disk.d.machine unknown
# planned: lab_disk.d.size = 10
# state: lab_disk.d.device = "10.0.0.1/scsi0"
resource "terraform_data" "machine" {
  input = "10.0.0.1"
}
resource "lab_disk" "d" {
  name    = "data"
  size    = 10
  machine = terraform_data.machine.output
}
