# needs: terraform 1.11, tofu 1.11
# only: fake
# plan: lostops_observability_stack.it create
# expect: warning "is new"
# state: lostops_observability_stack.it.complete = true
# state: lostops_observability_stack.it.status = "healthy"
# answers: GET /v1/job/loki Status = "running"
# answers: GET /v1/job/grafana Meta.lostops = "observability_stack"
resource "lostops_observability_stack" "it" {
  cluster = "production"
}
