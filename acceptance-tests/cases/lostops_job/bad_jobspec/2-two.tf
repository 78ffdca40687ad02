# expect: error "Either a jobspec or a pack"
resource "lostops_job" "it" {
  jobspec = "x"
  pack    = "static_site"
}
