# expect: error "There is no pack"
# expect: error "static_site"
resource "lostops_job" "it" {
  pack = "static_sight"
}
