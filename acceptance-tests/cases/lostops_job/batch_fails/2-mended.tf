# plan: lostops_job.it update
# plan: lostops_job.soon delete
# expect: warning "Job up-change (namespace default) changes"
# expect: warning "Job up-app (namespace default) is new"
# state: lostops_job.it.complete = true
# state: lostops_job.it.status = "healthy"
# answers: GET /v1/job/up-change Status = "dead"
# answers: GET /v1/job/up-app Status = "running"
resource "lostops_job" "it" {
  pack = "./upgrade"
  name = "up"
  variables = {
    script = "sleep 1"
  }
}
