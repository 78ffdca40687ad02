terraform {
  required_providers {
    lostops = { source = "lostops/lostops" }
  }
}

# Nothing has to be set. Without `nomad` the environment decides: NOMAD_ADDR, NOMAD_TOKEN, ….
provider "lostops" {
  nomad {
    addresses = ["https://10.0.0.11:4646", "https://10.0.0.12:4646"]
    namespace = "web"
  }
}
