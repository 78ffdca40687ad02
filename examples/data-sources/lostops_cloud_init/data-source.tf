data "lostops_cloud_init" "web" {
  hostname    = "web-1"
  public_keys = ["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ9m1xS1p3Tt5cXkz0yq4N6ZlJt5H0mN1h1h8m2w3r4T ada"]
}

# Hand it to whatever makes the host.
output "user_data" {
  value = data.lostops_cloud_init.web.user_data
}
