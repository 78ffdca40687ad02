# expect: error "name: a file has one"
data "lab_file" "d" {
  name = ""
}
