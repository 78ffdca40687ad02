# A deletion can be refused in the plan already.
# expect: error "Trouble: plan delete"
# state: lab_trouble.t.name = "it"
