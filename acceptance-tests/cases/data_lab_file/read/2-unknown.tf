# A data source waits for what it needs to know.
# plan: terraform_data.name create
# plan: data.lab_file.d read
# plan: lab_noop.n create
# planned: lab_noop.n.input unknown
# state: lab_noop.n.input = "dear\nyou"
# output: lines = ["dear","you"]
resource "terraform_data" "name" {
  input = "letter"
}
data "lab_file" "d" {
  name = terraform_data.name.output
}
resource "lab_noop" "n" {
  input = data.lab_file.d.content
}
output "lines" {
  value = data.lab_file.d.lines
}
