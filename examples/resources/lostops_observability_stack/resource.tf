resource "lostops_observability_stack" "main" {
  cluster = "production"

  retention {
    metrics = "30d"
    logs    = "14d"
  }

  # The address of a chat channel is a secret: it is written to Nomad and is in no state. Raise the version with it.
  alerting {
    discord {}
  }
  discord_webhook_url_wo         = var.discord_webhook
  discord_webhook_url_wo_version = 1

  timeouts {
    create = "15m"
  }

  lifecycle {
    postcondition {
      condition     = self.complete
      error_message = "Not everything of it became healthy: the warnings say what, and the next apply goes on."
    }
  }
}

variable "discord_webhook" {
  type      = string
  ephemeral = true
  default   = "https://discord.com/api/webhooks/1/x"
}

output "grafana" {
  value = lostops_observability_stack.main.endpoints
}
