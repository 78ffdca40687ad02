# expect: error "who"
resource "lostops_job" "it" {
  pack = "./shop"
  name = "corner"
  variables = {
    whom = "me"
  }
}
