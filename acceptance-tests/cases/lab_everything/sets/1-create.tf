# Elements that are written twice are there once.
# state: lab_everything.e.numbers = [1, 2, 3]
resource "lab_everything" "e" {
  numbers = [3, 1, 2, 1, 1.0]
  corners = [{ name = "a", distance = 1 }, { name = "b", distance = null }, { name = "a", distance = 1 }]
  groups  = { g = [["x", "y", "x"]] }
}
