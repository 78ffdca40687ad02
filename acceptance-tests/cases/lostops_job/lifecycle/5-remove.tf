# plan: lostops_job.it delete
# answers: GET /v1/job/lifecycle 404
# nothing is left
