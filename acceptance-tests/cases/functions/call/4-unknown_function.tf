# expect: error "reverse"
output "x" {
  value = provider::lab::reverse("x")
}
