# plan: lostops_job.it create
# expect: warning "Job corner-db (namespace default) is new"
# expect: warning "Job corner-app (namespace default) is new"
# state: lostops_job.it.complete = true
# state: lostops_job.it.status = "healthy"
# planned: lostops_job.it.outputs.greeting = "hello you"
# answers: GET /v1/job/corner-db Meta.lostops = "shop/corner"
# answers: GET /v1/job/corner-app Status = "running"
resource "lostops_job" "it" {
  pack = "./shop"
  name = "corner"
  variables = {
    who = "you"
  }
}
