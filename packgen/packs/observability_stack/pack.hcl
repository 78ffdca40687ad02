pack "observability_stack" {
  version     = "1.0.0"
  summary     = "Metrics, logs and traces of a whole cluster, wired to each other, with dashboards, alerts and people to call"
  description = "Grafana, Prometheus, Loki, Tempo and Alertmanager, with Alloy on every node: an app that is given `otel_env` and the service tag `metrics` is seen at once, and one click leads from its curve to the trace and from the trace to the log line."
  nomad       = ">= 1.10.2"
}

job "prometheus" {
  when        = contains(var.components, "prometheus")
  description = "Metrics: scrapes what has the tag `metrics`, takes OTLP and remote write, evaluates the rules."
}

job "loki" {
  when        = contains(var.components, "loki")
  description = "Logs, with retention, patterns and a few alerts of their own."
}

job "tempo" {
  when        = contains(var.components, "tempo")
  after       = ["prometheus"]
  description = "Traces; makes request metrics and the service graph from them."
}

job "alertmanager" {
  when        = contains(var.components, "alertmanager")
  description = "Groups alerts, silences what follows from others, and calls people."
}

job "blackbox" {
  when        = contains(var.components, "blackbox")
  description = "Looks at services and certificates from outside."
}

job "alloy" {
  when        = contains(var.components, "alloy")
  after       = ["loki", "prometheus", "tempo"]
  description = "On every node: takes OTLP from the apps, reads tasks' logs and the journal, measures the host and its agents."
}

job "grafana" {
  when        = contains(var.components, "grafana")
  after       = ["loki", "prometheus", "tempo"]
  description = "Dashboards, links between the signals, login."
}

volume "prometheus" {
  job         = "prometheus"
  when        = local.kept
  name        = local.volume.prometheus
  size        = "${var.storage.volume.prometheus_gib}GiB"
  uid         = 65534
  gid         = 65534
  mode        = "0750"
  description = "Blocks and write-ahead log. Losing it loses the metrics, nothing else."
}

volume "loki" {
  job         = "loki"
  when        = local.kept && !local.s3
  name        = local.volume.loki
  size        = "${var.storage.volume.loki_gib}GiB"
  uid         = 10001
  gid         = 10001
  mode        = "0750"
  description = "Chunks, index and write-ahead log; with `storage.s3` they are in the bucket."
}

volume "tempo" {
  job         = "tempo"
  when        = local.kept && !local.s3
  name        = local.volume.tempo
  size        = "${var.storage.volume.tempo_gib}GiB"
  uid         = 10001
  gid         = 10001
  mode        = "0750"
  description = "Blocks and write-ahead log; with `storage.s3` they are in the bucket."
}

volume "grafana" {
  job         = "grafana"
  when        = local.kept
  name        = local.volume.grafana
  size        = "${var.storage.volume.grafana_gib}GiB"
  uid         = 472
  gid         = 0
  mode        = "0750"
  description = "Users, preferences, people's own dashboards: the one volume that is worth a backup."
}

volume "alertmanager" {
  job         = "alertmanager"
  when        = local.kept
  name        = local.volume.alertmanager
  size        = "${var.storage.volume.alertmanager_gib}GiB"
  uid         = 65534
  gid         = 65534
  mode        = "0750"
  description = "Silences, and which alerts were told already."
}

secret "grafana_admin_password" {
  job         = "grafana"
  key         = "admin_password"
  generate    = { length = 32 }
  description = "Password of Grafana's user `admin`."
}

secret "grafana_secret_key" {
  job         = "grafana"
  key         = "secret_key"
  generate    = { length = 32 }
  description = "Key with which Grafana encrypts what it keeps in its database. A new one makes the old entries unreadable."
}

secret "grafana_certificate" {
  job         = "grafana"
  key         = "certificate"
  when        = local.tls == "certificate"
  description = "Certificate chain (PEM) that Grafana serves, with `grafana.tls = \"certificate\"`."
}

secret "grafana_certificate_key" {
  job         = "grafana"
  key         = "certificate_key"
  when        = local.tls == "certificate"
  description = "Private key (PEM) of that certificate."
}

secret "s3_access_key_id" {
  job         = ["loki", "tempo"]
  when        = local.s3_keys
  description = "Access key of the bucket, with `storage.s3`."
}

secret "s3_secret_access_key" {
  job         = ["loki", "tempo"]
  when        = local.s3_keys
  description = "Secret key of the bucket, with `storage.s3`."
}

secret "discord_webhook_url" {
  job         = "alertmanager"
  when        = var.alerting.discord != null
  description = "Webhook of the Discord channel, with `alerting.discord`."
}

secret "slack_webhook_url" {
  job         = "alertmanager"
  when        = var.alerting.slack != null
  description = "Incoming webhook of Slack, with `alerting.slack`."
}

secret "smtp_password" {
  job         = "alertmanager"
  when        = local.smtp_login
  description = "Password of the mail server's user, with `alerting.email.username`."
}

secret "webhook_url" {
  job         = "alertmanager"
  when        = var.alerting.webhook != null
  description = "Address that alerts are posted to as JSON, with `alerting.webhook`."
}

secret "deadman_url" {
  job         = "alertmanager"
  when        = var.alerting.deadman != null
  description = "Address that is called for as long as everything works, with `alerting.deadman`: whoever serves it raises the alarm when the calls stop."
}

output "endpoints" {
  type        = map(string)
  value       = local.endpoints
  description = "Where the components are: Grafana's URL (without `domain` its service), the OTLP receivers on every node, and the services under which the stores are found."
}

output "otel_env" {
  type        = map(string)
  value       = local.otel_env
  description = "Environment of an app's task: with it the app's traces, metrics and logs arrive, named after its job, group, task and allocation."
}
