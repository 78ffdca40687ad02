# plan: nothing
resource "lab_parcel" "a" {
  name    = "box"
  content = "socks"
}
