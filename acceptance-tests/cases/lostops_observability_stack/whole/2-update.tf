# plan: lostops_observability_stack.it update
# expect: warning "changes"
# state: lostops_observability_stack.it.complete = true
resource "lostops_observability_stack" "it" {
  cluster = "production"
  retention {
    logs = "7d"
  }
}
