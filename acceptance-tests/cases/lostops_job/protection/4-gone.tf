# plan: lostops_job.it delete
# answers: GET /v1/job/guarded 404
# it goes
