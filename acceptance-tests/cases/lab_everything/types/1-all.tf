# One value of every type, equal to what was written.
# output: same = true
resource "lab_everything" "e" {
  text    = "x"
  number  = 1.5
  whole   = -7
  port    = 65535
  float   = 0.25
  flag    = false
  texts   = ["b", null, "a", ""]
  numbers = [3, 1, 2.5]
  labels  = { a = "1", b = null, "c d" = "" }
  groups  = { one = [["x", "y"], []], none = [] }
  point   = { x = 1, y = 2, label = null }
  points  = [{ x = 0, y = 0, label = "origin" }, { x = 1, y = -1, label = null }]
  corners = [{ name = "b", distance = 2 }, { name = "a", distance = null }]
  pair    = ["p", 1]
  anything = { list = [1, "two", null], nothing = null, deep = { flag = true } }
  many     = [{ x = 1 }, { x = 2 }]
}
output "same" {
  value = alltrue([
    lab_everything.e.text == "x",
    lab_everything.e.number == 1.5,
    lab_everything.e.whole == -7,
    lab_everything.e.port == 65535,
    lab_everything.e.float == 0.25,
    lab_everything.e.flag == false,
    lab_everything.e.texts == tolist(["b", null, "a", ""]),
    lab_everything.e.numbers == toset([1, 2.5, 3]),
    lab_everything.e.labels == tomap({ a = "1", b = null, "c d" = "" }),
    length(lab_everything.e.groups.one) == 2,
    lab_everything.e.groups.one[0] == toset(["y", "x"]),
    lab_everything.e.point.label == null,
    lab_everything.e.points[1].y == -1,
    { for corner in lab_everything.e.corners : corner.name => corner.distance }.a == null,
    lab_everything.e.pair == ["p", 1],
    jsonencode(lab_everything.e.anything) == jsonencode({ list = [1, "two", null], nothing = null, deep = { flag = true } }),
    lab_everything.e.many[1].x == 2,
  ])
}
