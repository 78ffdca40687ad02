# expect: error "domain"
resource "lostops_job" "it" {
  pack = "static_site"
  variables = {
    domain = ["a.example.com"]
  }
}
