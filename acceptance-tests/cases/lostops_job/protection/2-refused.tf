# expect: error "guarded is protected"
# answers: GET /v1/job/guarded Status = "running"
# it should go
