pack "shop" {
  version = "1.0.0"
  summary = "An app as somebody would write it: a change of its data before each release, a server, orders that are kept"
  nomad   = ">= 1.10"
}

job "change" {
  description = "Changes the data, and is done."
}

job "web" {
  after       = ["change"]
  description = "The server."
}

volume "orders" {
  job         = "web"
  size        = "10MiB"
  uid         = 65534
  gid         = 65534
  mode        = "0750"
  description = "What was ordered."
}

secret "session_key" {
  job         = "web"
  generate    = { length = 32 }
  description = "Key of the sessions."
}

output "service" {
  type        = string
  description = "Name of the service."
  value       = pack.ids.web
}
