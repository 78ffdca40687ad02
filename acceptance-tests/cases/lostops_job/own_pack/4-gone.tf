# plan: lostops_job.it delete
# answers: GET /v1/job/corner-db 404
# answers: GET /v1/job/corner-app 404
# nothing is left
