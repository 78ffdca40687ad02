# expect: error "Invalid value for \"times\" parameter: times: expected a number from 0 to 1000, got 1001"
output "x" {
  value = provider::lab::repeat("x", 1001)
}
