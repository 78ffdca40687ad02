resource "lostops_static_site" "docs" {
  name    = "docs"
  domains = ["docs.example.com"]

  files = {
    "index.html" = "<!doctype html><title>Docs</title><p>Soon.\n"
  }

  # A password for the whole site. Nobody has to think of one: it is made up, once, and lies in a Nomad variable.
  protect = true
}
