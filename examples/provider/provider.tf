terraform {
  required_providers {
    lostops = { source = "lostops/lostops" }
  }
}

provider "lostops" {}
