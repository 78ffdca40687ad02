locals {
  # Every image, in one place. An upgrade changes one line here, or `version` of the component.
  images = {
    alertmanager = { name = "prom/alertmanager", tag = "v0.34.0" }
    alloy        = { name = "grafana/alloy", tag = "v1.18.1" }
    blackbox     = { name = "prom/blackbox-exporter", tag = "v0.28.0" }
    grafana      = { name = "grafana/grafana", tag = "13.2.0" }
    loki         = { name = "grafana/loki", tag = "3.7.6" }
    prometheus   = { name = "prom/prometheus", tag = "v3.14.0" }
    tempo        = { name = "grafana/tempo", tag = "3.0.3" }
  }
  settings = {
    alertmanager = { version = var.alertmanager.version, resources = var.alertmanager.resources }
    alloy        = { version = var.alloy.version, resources = var.alloy.resources }
    blackbox     = { version = var.blackbox.version, resources = var.blackbox.resources }
    grafana      = { version = var.grafana.version, resources = var.grafana.resources }
    loki         = { version = var.loki.version, resources = var.loki.resources }
    prometheus   = { version = var.prometheus.version, resources = var.prometheus.resources }
    tempo        = { version = var.tempo.version, resources = var.tempo.resources }
  }
  image = {
    for c, image in local.images :
    c => "${var.registry}/${image.name}:${coalesce(local.settings[c].version, image.tag)}"
  }

  # Who runs
  on    = { for c, image in local.images : c => contains(var.components, c) }
  calls = local.on.alertmanager && local.on.prometheus

  # Names derive from the instance's, so that two of them do not meet.
  prefix  = var.name == null ? "" : "${var.name}-"
  service = { for c, image in local.images : c => "${local.prefix}${c}" }
  vars    = { for c, image in local.images : c => "nomad/jobs/${local.prefix}${c}" }
  volume  = { for c, image in local.images : c => "${local.prefix}${c}-data" }

  # Addresses follow the services: Nomad writes them into the configuration, and anew when one moves.
  # Nobody is at 127.0.0.1:9, which is what a dependency looks like that is not there yet.
  catalog = var.discovery == "consul" ? "services" : "nomadServices"
  lookup  = var.discovery == "consul" ? "service" : "nomadService"
  any     = var.discovery == "consul" ? "|any" : ""
  address = {
    for c in ["alertmanager", "blackbox", "grafana", "loki", "prometheus", "tempo", "tempo-otlp"] :
    c => "{{ with ${local.lookup} `${local.prefix}${c}` }}{{ with index . 0 }}{{ .Address }}:{{ .Port }}{{ end }}{{ else }}127.0.0.1:9{{ end }}"
  }
  consul_block = var.discovery == "consul" ? [1] : []

  # An update takes a service out of the catalog and brings it back at the same address. Who waits this long before
  # writing anew sees no change, instead of two.
  settled = "45s"
  patient = "3m"
  port    = { for c, number in var.ports : c => number > 0 ? number : null }

  # The receivers and the stores ask nobody for a password. Docker opens their ports past the host's own firewall, so
  # they only go where the client's address is none that the world can reach.
  private_block = var.host_network == null && !var.public ? [1] : []
  private       = "^(10\\.|127\\.|169\\.254\\.|172\\.(1[6-9]|2[0-9]|3[01])\\.|192\\.168\\.|100\\.(6[4-9]|[7-9][0-9]|1[01][0-9]|12[0-7])\\.|::1$|f[cd]|fe80:)"

  # The agents
  ca_block      = var.agents.ca_pem[*]
  agents_scheme = var.agents.ca_pem == null ? "http" : "https"

  # Rules and dashboards: ours, then the user's
  rules = merge({
    agents  = file("files/rules/agents.yaml")
    apps    = file("files/rules/apps.yaml")
    backups = file("files/rules/backups.yaml")
    jobs    = file("files/rules/jobs.yaml")
    nodes   = file("files/rules/nodes.yaml")
    outside = file("files/rules/outside.yaml")
    stack   = file("files/rules/stack.yaml")
  }, var.rules)
  dashboards = merge({
    apps    = file("files/dashboards/apps.json")
    cluster = file("files/dashboards/cluster.json")
    consul  = file("files/dashboards/consul.json")
    host    = file("files/dashboards/host.json")
    logs    = file("files/dashboards/logs.json")
    nomad   = file("files/dashboards/nomad.json")
    stack   = file("files/dashboards/stack.json")
  }, var.dashboards)
  modules = { http = "http_2xx", https_redirect = "http_redirect", icmp = "icmp", tcp = "tcp", tls = "tls" }
}

# Where data lies and for how long
locals {
  # Hours: the one unit that all three stores read the same way.
  hours = {
    for kind, kept in var.retention :
    kind => try(
      parseint(trimsuffix(kept, "h"), 10),
      parseint(trimsuffix(kept, "d"), 10) * 24,
      parseint(trimsuffix(kept, "w"), 10) * 168,
    )
  }
  keep = { for kind, hours in local.hours : kind => "${hours}h" }

  kept          = !var.storage.ephemeral
  s3            = var.storage.s3 != null
  s3_keys       = try(var.storage.s3.keys, false)
  volume_block  = local.kept ? [1] : []
  bucket_volume = local.kept && !local.s3 ? [1] : []
  s3_keys_block = local.s3_keys ? [1] : []
  bucket = local.s3 ? {
    bucket     = var.storage.s3.bucket
    endpoint   = var.storage.s3.endpoint
    region     = var.storage.s3.region
    prefix     = var.storage.s3.prefix
    insecure   = var.storage.s3.insecure
    path_style = var.storage.s3.path_style
    lookup     = var.storage.s3.path_style ? "path" : "auto"
    keys       = var.storage.s3.keys
  } : null
  s3_env = {
    for c in ["loki", "tempo"] : c => <<-EOT
      {{ with nomadVar `${local.vars[c]}` }}
      S3_ACCESS_KEY_ID={{ .s3_access_key_id | toJSON }}
      S3_SECRET_ACCESS_KEY={{ .s3_secret_access_key | toJSON }}
      {{ end }}
    EOT
  }
}

# What it takes
locals {
  # At rest all of it asks for 1.4 GiB and half a core. More is for what is kept longer: Prometheus maps its blocks,
  # Loki and Tempo keep an index of theirs.
  weeks = { for kind, hours in local.hours : kind => floor(hours / 168) }
  at_rest = {
    alertmanager = { cpu = 20, memory = 64, memory_max = 128 }
    alloy        = { cpu = 100, memory = 192, memory_max = 512 }
    blackbox     = { cpu = 20, memory = 32, memory_max = 64 }
    grafana      = { cpu = 100, memory = 256, memory_max = 1024 }
    loki         = { cpu = 100, memory = min(256 + 16 * max(0, local.weeks.logs - 2), 1024), memory_max = min(1024 + 32 * max(0, local.weeks.logs - 2), 4096) }
    prometheus   = { cpu = 100, memory = min(384 + 32 * max(0, local.weeks.metrics - 2), 2048), memory_max = min(1024 + 64 * max(0, local.weeks.metrics - 2), 4096) }
    tempo        = { cpu = 60, memory = min(256 + 16 * max(0, local.weeks.traces - 1), 1024), memory_max = min(1024 + 32 * max(0, local.weeks.traces - 1), 4096) }
  }
  resources = {
    for c, least in local.at_rest : c => {
      cpu        = coalesce(local.settings[c].resources.cpu, least.cpu)
      memory     = coalesce(local.settings[c].resources.memory, least.memory)
      memory_max = coalesce(local.settings[c].resources.memory_max, max(least.memory_max, coalesce(local.settings[c].resources.memory, 0)))
    }
  }
  # Go collects harder before it meets the limit, instead of being killed at it. `memory_max` counts where the scheduler
  # grants it: the client knows.
  go_memory = "GOMEMLIMIT={{ or (env `NOMAD_MEMORY_MAX_LIMIT`) (env `NOMAD_MEMORY_LIMIT`) | parseInt | multiply 9 | divide 10 }}MiB\n"
}

# How Grafana is reached
locals {
  tls            = coalesce(var.grafana.tls, var.ingress == null ? "self_signed" : "off")
  grafana_scheme = local.tls == "off" ? "http" : "https"
  root_url       = var.domain == null ? "" : "https://${var.domain}/"
  router         = local.service.grafana
  traefik_tags = var.ingress == null ? [] : concat(
    [
      "traefik.enable=true",
      "traefik.http.routers.${local.router}.rule=Host(`${coalesce(var.domain, "")}`)",
      "traefik.http.routers.${local.router}.entrypoints=${var.ingress.entrypoint}",
      "traefik.http.routers.${local.router}.tls=true",
      "traefik.http.services.${local.router}.loadbalancer.server.scheme=${local.grafana_scheme}",
    ],
    [for resolver in var.ingress.cert_resolver[*] : "traefik.http.routers.${local.router}.tls.certresolver=${resolver}"],
  )
  ingress_tags = var.ingress == null ? [] : concat(var.ingress.kind == "traefik" ? local.traefik_tags : [], var.ingress.tags)
}

# Who is called
locals {
  receivers = [for kind in ["discord", "email", "slack", "webhook"] : kind if local.receiver[kind] != ""]
  receiver = {
    discord = try(var.alerting.discord.severity, "")
    email   = try(var.alerting.email.severity, "")
    slack   = try(var.alerting.slack.severity, "")
    webhook = try(var.alerting.webhook.severity, "")
  }
  from       = { "" = "", info = "info|warning|critical", warning = "warning|critical", critical = "critical" }
  severities = { for kind, least in local.receiver : kind => local.from[least] }
  smtp_login = try(var.alerting.email.username, null) != null
  alert_secrets = concat(
    var.alerting.discord != null ? ["discord_webhook_url"] : [],
    var.alerting.slack != null ? ["slack_webhook_url"] : [],
    local.smtp_login ? ["smtp_password"] : [],
    var.alerting.webhook != null ? ["webhook_url"] : [],
    var.alerting.deadman != null ? ["deadman_url"] : [],
  )
}

# What others need to know
locals {
  otlp_host = coalesce(var.otlp_host, "${attr.unique.network.ip-address}")
  endpoints = {
    grafana    = var.domain != null ? local.root_url : local.service.grafana
    otlp_grpc  = "http://${local.otlp_host}:${var.ports.otlp_grpc}"
    otlp_http  = "http://${local.otlp_host}:${var.ports.otlp_http}"
    loki       = local.service.loki
    prometheus = local.service.prometheus
    tempo      = local.service.tempo
  }
  otel_env = {
    OTEL_EXPORTER_OTLP_ENDPOINT = local.endpoints.otlp_http
    OTEL_EXPORTER_OTLP_PROTOCOL = "http/protobuf"
    OTEL_TRACES_EXPORTER        = "otlp"
    OTEL_METRICS_EXPORTER       = "otlp"
    OTEL_LOGS_EXPORTER          = "otlp"
    OTEL_METRIC_EXPORT_INTERVAL = "15000"
    OTEL_TRACES_SAMPLER         = "parentbased_always_on"
    OTEL_SERVICE_NAME           = "${NOMAD_JOB_NAME}"
    OTEL_RESOURCE_ATTRIBUTES = join(",", [
      "service.namespace=${NOMAD_NAMESPACE}",
      "service.instance.id=${NOMAD_ALLOC_ID}",
      "deployment.environment.name=${var.environment}",
      "nomad.job.name=${NOMAD_JOB_NAME}",
      "nomad.group.name=${NOMAD_GROUP_NAME}",
      "nomad.task.name=${NOMAD_TASK_NAME}",
      "nomad.alloc.id=${NOMAD_ALLOC_ID}",
      "host.name=${node.unique.name}",
    ])
  }
}
