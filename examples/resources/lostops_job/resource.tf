# A jobspec of your own. The plan shows it as it will be submitted, with Nomad's own verdict where Nomad can be asked.
resource "lostops_job" "web" {
  jobspec = file("${path.module}/web.nomad.hcl")

  canary {
    promote = "after"
    after   = "5m"
  }

  timeouts {
    create = "10m"
  }

  lifecycle {
    postcondition {
      condition     = self.complete
      error_message = "Not everything of it became healthy: the warnings say what, and the next apply goes on."
    }
  }
}

# A pack, by its name or by the path of its folder, with its variables as an ordinary object.
resource "lostops_job" "docs" {
  pack = "static_site"
  name = "docs"

  variables = {
    domains = ["docs.example.com"]
    protect = true
  }
}
