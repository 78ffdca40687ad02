output "x" {
  value = provider::lab::repeat("x", 1)
}
