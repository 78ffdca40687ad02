# plan: lab_everything.e update
# state: lab_everything.e.text = null
# state: lab_everything.e.texts = null
# state: lab_everything.e.labels = null
# state: lab_everything.e.point = null
# state: lab_everything.e.anything = null
resource "lab_everything" "e" {}
