pack "shop" {
  version = "1.0.0"
  summary = "A database, and an app that waits for it."
}

job "db" {}

job "app" {
  after = ["db"]
}

output "greeting" {
  type        = string
  description = "What it says."
  value       = "hello ${var.who}"
}
