# expect: error "lab_disk cannot take over the state of a lab_parcel"
moved {
  from = lab_parcel.a
  to   = lab_disk.a
}
resource "lab_disk" "a" {
  name = "box"
  size = 1
}
