# needs: terraform 1.8, tofu 1.7
# plan: terraform_data.x create
# output: thrice = "hahaha"
# output: once = "ha"
# output: never = ""
# output: nothing = "null"
# output: kinds = ["a string","a number","a bool","a list","an object"]
# output: late = "an object"
resource "terraform_data" "x" {
  input = { a = 1 }
}
output "thrice" {
  value = provider::lab::repeat("ha", 3)
}
output "once" {
  value = provider::lab::repeat("ha", null)
}
output "never" {
  value = provider::lab::repeat("ha", 0)
}
output "nothing" {
  value = provider::lab::kind(tostring(null))
}
output "kinds" {
  value = [for value in ["x", 1, true, [1], { a = 1 }] : provider::lab::kind(value)]
}
output "late" {
  value = provider::lab::kind(terraform_data.x.output)
}
