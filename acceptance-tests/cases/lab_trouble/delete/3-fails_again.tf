# expect: error "Trouble: delete"
# state: lab_trouble.t.tries = 3
