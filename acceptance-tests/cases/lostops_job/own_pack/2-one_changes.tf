# plan: lostops_job.it update
# expect: warning "Job corner-app (namespace default) changes"
# state: lostops_job.it.complete = true
# state: lostops_job.it.status = "healthy"
# state: lostops_job.it.versions.app = 1
# state: lostops_job.it.versions.db = 0
resource "lostops_job" "it" {
  pack = "./shop"
  name = "corner"
  variables = {
    who = "me"
  }
}
