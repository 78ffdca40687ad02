# Another type takes over the object: nothing is made or removed.
# plan: lab_parcel.a move
# state: lab_parcel.a.content = "socks"
# state: lab_parcel.a.stickers = null
# state: lab_file.a absent
# file: box = "socks"
moved {
  from = lab_file.a
  to   = lab_parcel.a
}
resource "lab_parcel" "a" {
  name    = "box"
  content = "socks"
}
