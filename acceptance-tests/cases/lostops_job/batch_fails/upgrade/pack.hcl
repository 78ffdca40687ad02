pack "upgrade" {
  version = "1.0.0"
  summary = "A database's change, and an app that waits for its end."
}

job "change" {}

job "app" {
  after = ["change"]
}
