# Empty is not null.
# plan: lab_everything.e update
# state: lab_everything.e.text = ""
# state: lab_everything.e.texts = []
# state: lab_everything.e.numbers = []
# state: lab_everything.e.labels = {}
# state: lab_everything.e.groups = {"none":[]}
# state: lab_everything.e.points = []
resource "lab_everything" "e" {
  text     = ""
  number   = 0
  whole    = 0
  flag     = true
  texts    = []
  numbers  = []
  labels   = {}
  groups   = { none = [] }
  points   = []
  corners  = []
  anything = []
  many     = []
}
output "same" {
  value = lab_everything.e.anything == []
}
