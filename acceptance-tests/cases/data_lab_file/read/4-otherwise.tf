# output: content = "nothing"
data "lab_file" "d" {
  name      = "nowhere"
  otherwise = "nothing"
}
output "content" {
  value = data.lab_file.d.content
}
