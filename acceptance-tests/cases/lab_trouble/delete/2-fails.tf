# The object stays, and so does what is kept beside the state.
# expect: error "Trouble: delete"
# plan: lab_trouble.t delete
# state: lab_trouble.t.name = "it"
# file: it = ""
# state: lab_trouble.t.tries = 2
