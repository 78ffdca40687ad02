# plan: nothing
resource "lab_everything" "e" {
  numbers = [1, 2, 3, 3]
  corners = [{ name = "b", distance = null }, { name = "a", distance = 1 }]
  groups  = { g = [["y", "x"]] }
}
