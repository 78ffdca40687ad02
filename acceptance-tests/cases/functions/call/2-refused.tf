# The argument that is wrong is named.
# expect: error "Invalid value for \"text\" parameter: nothing to repeat"
output "x" {
  value = provider::lab::repeat("", 3)
}
