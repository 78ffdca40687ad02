# A token that may do what the policy `deploy` permits, for this run only.
ephemeral "lostops_nomad_token" "deploy" {
  name     = "deploy"
  policies = ["deploy"]
  ttl      = "30m"
}
