# needs: terraform 1.8, tofu 1.10
resource "lab_file" "a" {
  name    = "box"
  content = "socks"
}
