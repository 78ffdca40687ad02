# plan: lostops_observability_stack.it delete
# expect: warning "These volumes stay"
# answers: GET /v1/job/loki 404
# Everything but the data is gone.
