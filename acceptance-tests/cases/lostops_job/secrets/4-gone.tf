# plan: lostops_job.it delete
# answers: GET /v1/job/keeps 404
# answers: GET /v1/var/nomad/jobs/keeps 404
# all of it goes
