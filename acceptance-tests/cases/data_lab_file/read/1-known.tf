# outside: letter = "dear\nyou"
# plan: nothing
# output: lines = ["dear","you"]
data "lab_file" "d" {
  name = "letter"
}
output "lines" {
  value = data.lab_file.d.lines
}
