# expect: error "there is no file \"nowhere\" in the lab"
data "lab_file" "d" {
  name = "nowhere"
}
