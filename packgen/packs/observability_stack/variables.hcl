# What runs, and where

variable "components" {
  description = "What runs. Whatever depends on a component that is left out adapts: without `tempo` there is no trace datasource, without `alertmanager` rules are evaluated but nobody is called."
  type        = list(string)
  default     = ["alertmanager", "alloy", "blackbox", "grafana", "loki", "prometheus", "tempo"]

  validation {
    condition     = length(var.components) > 0
    error_message = "All components are off, so there is nothing to run: name at least one in `components`."
  }
  validation {
    condition = length([
      for c in var.components : c
      if !contains(["alertmanager", "alloy", "blackbox", "grafana", "loki", "prometheus", "tempo"], c)
    ]) == 0
    error_message = "Unknown component: `components` takes alertmanager, alloy, blackbox, grafana, loki, prometheus and tempo."
  }
  validation {
    condition     = contains(var.components, "prometheus") || !contains(var.components, "alertmanager")
    error_message = "Alertmanager without Prometheus never hears of an alert: add `prometheus` to `components`, or leave `alertmanager` out."
  }
  validation {
    condition     = contains(var.components, "prometheus") || !contains(var.components, "blackbox")
    error_message = "The blackbox prober only probes when Prometheus asks it to: add `prometheus` to `components`, or leave `blackbox` out."
  }
  validation {
    condition     = !contains(var.components, "alloy") || contains(var.components, "loki") || contains(var.components, "prometheus") || contains(var.components, "tempo")
    error_message = "Alloy without a store has nowhere to send what it collects: add `loki`, `prometheus` or `tempo` to `components`, or leave `alloy` out."
  }
  validation {
    condition     = !contains(var.components, "grafana") || contains(var.components, "loki") || contains(var.components, "prometheus") || contains(var.components, "tempo")
    error_message = "Grafana without a store has nothing to show: add `loki`, `prometheus` or `tempo` to `components`, or leave `grafana` out."
  }
}

variable "cluster" {
  description = "Name of the cluster: a label on every metric, log line and alert, so that several clusters can share a chat channel."
  type        = string
  default     = "lostops"

  validation {
    condition     = trimspace(var.cluster) != ""
    error_message = "`cluster` is empty: give the cluster a name, it is how an alert says where it comes from."
  }
}

variable "environment" {
  description = "The apps' `deployment.environment.name`, as handed out in `otel_env`."
  type        = string
  default     = "production"

  validation {
    condition     = var.environment != "" && length(split(",", replace(replace(var.environment, "=", ","), " ", ","))) == 1
    error_message = "`environment` is one word of a list that apps read (`OTEL_RESOURCE_ATTRIBUTES`): give a name without blanks, commas and `=`."
  }
}

variable "datacenters" {
  description = "Datacenters in which the stack may run."
  type        = list(string)
  default     = ["*"]
}

variable "node_pool" {
  description = "Node pool of the stores and of Grafana. Alloy runs in every pool."
  type        = string
  default     = "default"
}

variable "constraints" {
  description = "Where the stores and Grafana may run, beyond the node pool."
  type = list(object({
    attribute = string
    operator  = optional(string, "=")
    value     = optional(string)
  }))
  default = []
}

variable "host_network" {
  description = "Nomad host network that all ports listen on, for example one named `private`. Unset: the client's default network, where its address is a private one."
  type        = string
  default     = null
}

variable "public" {
  description = "Let the ports listen on public addresses, too. The stores and the OTLP receivers ask for no password: only say so where a firewall before the hosts keeps the world out (one on the hosts does not: Docker goes past it)."
  type        = bool
  default     = false
}

variable "otlp_host" {
  description = "How an app reaches the Alloy of its node, in `otel_env`. Unset: by the client's address. To be set if `host_network` has another one, for example to `$${meta.private_address}` (in a file of variables `$$${meta.private_address}`)."
  type        = string
  default     = null
}

variable "ports" {
  description = "Ports on the nodes; 0 takes any free one. Fixed ones are the default, because a store whose address stays the same over an update loses nothing: who writes to it only has to try again."
  type = object({
    alertmanager = optional(number, 9093)
    alloy        = optional(number, 12345)
    blackbox     = optional(number, 9115)
    grafana      = optional(number, 3000)
    loki         = optional(number, 3100)
    otlp_grpc    = optional(number, 4317)
    otlp_http    = optional(number, 4318)
    prometheus   = optional(number, 9090)
    tempo        = optional(number, 3200)
    tempo_otlp   = optional(number, 14317)
  })
  default = {}

  validation {
    condition     = min(var.ports.otlp_grpc, var.ports.otlp_http) > 0
    error_message = "Apps find `ports.otlp_grpc` and `ports.otlp_http` by their number: they cannot be 0."
  }
  validation {
    condition     = length(distinct([for port in values(var.ports) : port if port > 0])) == length([for port in values(var.ports) : port if port > 0])
    error_message = "Two of `ports` are the same: components that share a node cannot share a port."
  }
  validation {
    condition     = length([for port in values(var.ports) : port if port < 0 || port > 65535 || floor(port) != port]) == 0
    error_message = "A port is a whole number from 0 (any free one) to 65535."
  }
}

variable "discovery" {
  description = "Where services are registered and found: `consul`, or `nomad` for Nomad's own services."
  type        = string
  default     = "consul"

  validation {
    condition     = contains(["consul", "nomad"], var.discovery)
    error_message = "`discovery` is either \"consul\" or \"nomad\"."
  }
}

variable "registry" {
  description = "Registry that the images are pulled from: a mirror, or the pull-through cache of an air gap."
  type        = string
  default     = "docker.io"

  validation {
    condition     = var.registry != "" && length(split("://", var.registry)) == 1 && trimsuffix(var.registry, "/") == var.registry
    error_message = "`registry` is a host name, perhaps with a path, as it stands before an image: drop the scheme and the slash at the end, for example \"mirror.example.com/hub\"."
  }
}

# How people reach it

variable "domain" {
  description = "Host name under which Grafana is reached, for example `grafana.example.com`. Unset: Grafana serves TLS with a certificate of its own on the node's address."
  type        = string
  default     = null

  validation {
    condition     = var.domain == null || var.ingress != null
    error_message = "`domain` is set, but nothing would route it to Grafana: add an `ingress` block, or leave `domain` out."
  }
  validation {
    condition     = var.domain == null || contains(var.components, "grafana")
    error_message = "`domain` is set, but `grafana` is not among `components`: add it, or leave `domain` out."
  }
  validation {
    condition     = length(split("/", replace(replace(coalesce(var.domain, "x"), ":", "/"), " ", "/"))) == 1 && coalesce(var.domain, "x") != ""
    error_message = "`domain` is a bare host name: write \"grafana.example.com\", without a scheme, port or path."
  }
}

variable "ingress" {
  description = "What routes `domain` to Grafana and terminates TLS for it."
  type = object({
    kind          = optional(string, "traefik")
    entrypoint    = optional(string, "websecure")
    cert_resolver = optional(string)
    tags          = optional(list(string), [])
  })
  default = null

  validation {
    condition     = var.ingress == null || contains(["traefik", "tags"], try(var.ingress.kind, "traefik"))
    error_message = "`ingress.kind` is \"traefik\", or \"tags\" for any other router that reads the service tags in `ingress.tags`."
  }
  validation {
    condition     = try(var.ingress.kind, "") != "tags" || length(try(var.ingress.tags, [])) > 0
    error_message = "`ingress.kind = \"tags\"` without tags routes nothing: list the tags that your router reads in `ingress.tags`."
  }
  validation {
    condition     = var.ingress == null || var.domain != null
    error_message = "An `ingress` without `domain` has no host name to route: set `domain`."
  }
}

# What is kept, where, for how long

variable "retention" {
  description = "How long data is kept: a number and `h`, `d` or `w`."
  type = object({
    metrics = optional(string, "15d")
    logs    = optional(string, "14d")
    traces  = optional(string, "7d")
  })
  default = {}

  validation {
    condition = length([
      for kept in [var.retention.metrics, var.retention.logs, var.retention.traces] : kept
      if !can(parseint(trimsuffix(trimsuffix(trimsuffix(kept, "h"), "d"), "w"), 10)) || kept == trimsuffix(trimsuffix(trimsuffix(kept, "h"), "d"), "w")
    ]) == 0
    error_message = "A retention is a whole number and its unit, for example \"15d\" (units: h, d, w)."
  }
  validation {
    condition     = try(parseint(trimsuffix(var.retention.logs, "h"), 10) >= 24, parseint(trimsuffix(trimsuffix(var.retention.logs, "d"), "w"), 10) >= 1, true)
    error_message = "`retention.logs` is below a day, which Loki does not start with: give at least \"24h\"."
  }
  validation {
    condition     = try(parseint(trimsuffix(var.retention.metrics, "h"), 10) >= 2, parseint(trimsuffix(trimsuffix(var.retention.metrics, "d"), "w"), 10) >= 1, true)
    error_message = "`retention.metrics` is below two hours, which is one block of Prometheus: give at least \"2h\"."
  }
  validation {
    condition     = try(parseint(trimsuffix(var.retention.traces, "h"), 10) >= 1, parseint(trimsuffix(trimsuffix(var.retention.traces, "d"), "w"), 10) >= 1, true)
    error_message = "`retention.traces` is zero, which would keep nothing: give at least \"1h\", or leave `tempo` out of `components`."
  }
}

variable "storage" {
  description = "Where data lies. Grafana, Prometheus and Alertmanager always use a volume; Loki and Tempo use one too, or a bucket."
  type = object({
    volume = optional(object({
      grafana_gib      = optional(number, 2)
      loki_gib         = optional(number, 20)
      tempo_gib        = optional(number, 10)
      prometheus_gib   = optional(number, 20)
      alertmanager_gib = optional(number, 1)
    }), {})
    s3 = optional(object({
      bucket     = optional(string)
      endpoint   = optional(string)
      region     = optional(string, "us-east-1")
      prefix     = optional(string, "observability")
      path_style = optional(bool, false)
      insecure   = optional(bool, false)
      keys       = optional(bool, true)
    }))
    ephemeral = optional(bool, false)
  })
  default = {}

  validation {
    condition     = var.storage.s3 == null || trimspace(try(coalesce(var.storage.s3.bucket, ""), "")) != ""
    error_message = "`storage.s3` has no `bucket`: name the bucket that Loki and Tempo write to (it has to exist)."
  }
  validation {
    condition     = var.storage.s3 == null || trimspace(try(coalesce(var.storage.s3.endpoint, ""), "")) != ""
    error_message = "`storage.s3` has no `endpoint`: give the host name of the object store, for example \"s3.eu-central-1.amazonaws.com\" or \"fsn1.your-objectstorage.com\"."
  }
  validation {
    condition     = var.storage.s3 == null || length(split("://", try(coalesce(var.storage.s3.endpoint, ""), ""))) == 1
    error_message = "`storage.s3.endpoint` is a host name with an optional port, without a scheme: drop \"https://\" (for plain HTTP set `insecure = true`)."
  }
  validation {
    condition     = var.storage.s3 == null || !var.storage.ephemeral
    error_message = "`storage.ephemeral` throws data away and `storage.s3` keeps it: choose one."
  }
  validation {
    condition     = var.storage.s3 == null || contains(var.components, "loki") || contains(var.components, "tempo")
    error_message = "`storage.s3` is for logs and traces, but neither `loki` nor `tempo` is among `components`: add one, or drop `s3`."
  }
  validation {
    condition     = min(var.storage.volume.grafana_gib, var.storage.volume.loki_gib, var.storage.volume.tempo_gib, var.storage.volume.prometheus_gib, var.storage.volume.alertmanager_gib) >= 1
    error_message = "A volume below 1 GiB cannot hold what these programs write at rest: give every volume at least 1."
  }
}

# Who is called

variable "alerting" {
  description = "Where alerts go. Each receiver's address is a secret of its own (`discord_webhook_url`, `slack_webhook_url`, `webhook_url`, `smtp_password`, `deadman_url`); `severity` is the least that reaches it: `info`, `warning` or `critical`."
  type = object({
    discord = optional(object({ severity = optional(string, "warning") }))
    slack = optional(object({
      severity = optional(string, "warning")
      channel  = optional(string)
    }))
    email = optional(object({
      severity  = optional(string, "critical")
      to        = optional(list(string), [])
      from      = optional(string)
      smarthost = optional(string)
      username  = optional(string)
    }))
    webhook         = optional(object({ severity = optional(string, "info") }))
    deadman         = optional(object({ every = optional(string, "5m") }))
    group_wait      = optional(string, "30s")
    group_interval  = optional(string, "5m")
    repeat_interval = optional(string, "4h")
  })
  default = {}

  validation {
    condition     = var.alerting.email == null || (length(try(var.alerting.email.to, [])) > 0 && try(var.alerting.email.from, null) != null && try(var.alerting.email.smarthost, null) != null)
    error_message = "`alerting.email` needs `to`, `from` and `smarthost` (host:port), or nobody is written to."
  }
  validation {
    condition     = length(split(":", try(coalesce(var.alerting.email.smarthost, "x:25"), "x:25"))) > 1
    error_message = "`alerting.email.smarthost` has no port: write host:port, for example \"mail.example.com:587\"."
  }
  validation {
    condition = length([
      for wait in [
        var.alerting.group_wait, var.alerting.group_interval, var.alerting.repeat_interval, try(coalesce(var.alerting.deadman.every, "5m"), "5m"),
      ] : wait if !can(parseint(trimsuffix(trimsuffix(trimsuffix(wait, "s"), "m"), "h"), 10)) || trimsuffix(trimsuffix(trimsuffix(wait, "s"), "m"), "h") == wait
    ]) == 0
    error_message = "A time in `alerting` is a whole number and its unit, for example \"30s\" (units: s, m, h)."
  }
  validation {
    condition = length([
      for wait in [var.alerting.group_interval, var.alerting.repeat_interval, try(coalesce(var.alerting.deadman.every, "5m"), "5m")] :
      wait if try(parseint(trimsuffix(trimsuffix(trimsuffix(wait, "s"), "m"), "h"), 10) < 1, false)
    ]) == 0
    error_message = "`alerting.group_interval`, `repeat_interval` and `deadman.every` say how often somebody is told: give at least \"1s\"."
  }
  validation {
    condition = length([
      for severity in [
        try(var.alerting.discord.severity, "info"), try(var.alerting.slack.severity, "info"),
        try(var.alerting.email.severity, "info"), try(var.alerting.webhook.severity, "info"),
      ] : severity if !contains(["info", "warning", "critical"], severity)
    ]) == 0
    error_message = "A receiver's `severity` is \"info\", \"warning\" or \"critical\"."
  }
  validation {
    condition = contains(var.components, "alertmanager") || (
      var.alerting.discord == null && var.alerting.slack == null && var.alerting.email == null &&
      var.alerting.webhook == null && var.alerting.deadman == null
    )
    error_message = "`alerting` names receivers, but `alertmanager` is not among `components`: add it, or drop the receivers."
  }
}

variable "probe" {
  description = "What is looked at from outside, by name. `module` is `http` (2xx and a valid certificate), `https_redirect` (plain HTTP answers with a redirect), `tcp`, `tls` or `icmp`."
  type = map(object({
    target = string
    module = optional(string, "http")
  }))
  default = {}

  validation {
    condition     = length([for p in values(var.probe) : p if !contains(["http", "https_redirect", "icmp", "tcp", "tls"], p.module)]) == 0
    error_message = "A probe's `module` is http, https_redirect, icmp, tcp or tls."
  }
  validation {
    condition     = length([for p in values(var.probe) : p if p.module == "http" && length(split("://", p.target)) == 1]) == 0
    error_message = "The `target` of a probe with the module \"http\" is a URL: write it with its scheme, for example \"https://example.com\"."
  }
  validation {
    condition     = length([for p in values(var.probe) : p if p.module == "https_redirect" && trimprefix(p.target, "http://") == p.target]) == 0
    error_message = "The `target` of a probe with the module \"https_redirect\" begins with \"http://\": what is tried is whether plain HTTP leads to HTTPS."
  }
  validation {
    condition     = length([for p in values(var.probe) : p if contains(["tcp", "tls"], p.module) && (length(split(":", p.target)) < 2 || length(split("/", p.target)) != 1)]) == 0
    error_message = "The `target` of a probe with the module \"tcp\" or \"tls\" is host:port, without a scheme."
  }
  validation {
    condition     = length(var.probe) == 0 || contains(var.components, "blackbox")
    error_message = "There are probes, but `blackbox` is not among `components`: add it, or drop the probes."
  }
}

variable "dashboards" {
  description = "More dashboards, by file name: Grafana's dashboard JSON. One with the name of ours (apps, cluster, consul, host, logs, nomad, stack) replaces it."
  type        = map(string)
  default     = {}

  validation {
    condition     = length(var.dashboards) == 0 || contains(var.components, "grafana")
    error_message = "There are `dashboards`, but `grafana` is not among `components`: add it, or drop the dashboards."
  }
  validation {
    condition     = length([for name, text in var.dashboards : name if name == "" || length(split("/", replace(name, ".", "/"))) != 1]) == 0
    error_message = "The names of `dashboards` become names of files: use letters, digits, `_` and `-`."
  }
  validation {
    condition     = length([for name, text in var.dashboards : name if !can(jsondecode(text).panels)]) == 0
    error_message = "One of `dashboards` is no dashboard: each is the JSON that Grafana exports, an object with `panels`."
  }
}

variable "rules" {
  description = "More alert and recording rules, by file name: Prometheus rule files in YAML. One with the name of ours (agents, apps, backups, jobs, nodes, outside, stack) replaces it."
  type        = map(string)
  default     = {}

  validation {
    condition     = length(var.rules) == 0 || contains(var.components, "prometheus")
    error_message = "There are `rules`, but `prometheus` is not among `components`: add it, or drop the rules."
  }
  validation {
    condition     = length([for name, text in var.rules : name if name == "" || length(split("/", replace(name, ".", "/"))) != 1]) == 0
    error_message = "The names of `rules` become names of files: use letters, digits, `_` and `-`."
  }
  validation {
    condition     = length([for name, text in var.rules : name if !can(yamldecode(text).groups)]) == 0
    error_message = "One of `rules` is no file of rules: each is YAML with `groups`."
  }
}

# What is watched

variable "agents" {
  description = "How the Nomad and Consul agents' own metrics are reached. Alloy asks the agents of its node. Servers that run no Alloy are asked over the network: with Consul discovery they are found in the catalog, else name them in `nomad_servers` (host:4646). `ca_pem` is the cluster's CA (for agents that serve HTTPS)."
  type = object({
    ca_pem         = optional(string)
    nomad_servers  = optional(list(string), [])
    consul_address = optional(string, "127.0.0.1:8500")
    consul_acl     = optional(bool, true)
  })
  default = {}

  validation {
    condition     = length([for server in concat(var.agents.nomad_servers, [var.agents.consul_address]) : server if length(split(":", server)) < 2 || length(split("/", server)) != 1]) == 0
    error_message = "The agents' addresses are host:port, without a scheme: for example \"10.0.0.1:4646\" in `agents.nomad_servers`, \"127.0.0.1:8500\" in `agents.consul_address`."
  }
  validation {
    condition     = length(split("-----BEGIN CERTIFICATE-----", coalesce(var.agents.ca_pem, "-----BEGIN CERTIFICATE-----"))) > 1
    error_message = "`agents.ca_pem` holds no certificate: give the text of the PEM file, for example with `file(…)`."
  }
}

variable "docker_socket" {
  description = "Docker's socket on the clients: Alloy reads the tasks' logs there."
  type        = string
  default     = "/var/run/docker.sock"

  validation {
    condition     = trimprefix(var.docker_socket, "/") != var.docker_socket
    error_message = "`docker_socket` is a path on the clients and begins with \"/\", without \"unix://\"."
  }
}

# The components one by one: upgrade one by changing its version

variable "grafana" {
  description = "Grafana. `tls` is `self_signed`, `certificate` (secrets `grafana_certificate`, `grafana_certificate_key`) or `off`; unset it is `off` behind an ingress, else `self_signed`."
  type = object({
    version   = optional(string)
    tls       = optional(string)
    resources = optional(object({ cpu = optional(number), memory = optional(number), memory_max = optional(number) }), {})
  })
  default = {}

  validation {
    condition     = contains(["self_signed", "certificate", "off"], coalesce(var.grafana.tls, "off"))
    error_message = "`grafana.tls` is \"self_signed\", \"certificate\" or \"off\"."
  }
  validation {
    condition     = !contains(["", "latest"], coalesce(var.grafana.version, "x"))
    error_message = "`grafana.version` says which release runs, so it cannot be \"latest\" or empty: name one, or leave it out for the one that this pack is tested with."
  }
}

variable "loki" {
  description = "Loki 3."
  type = object({
    version     = optional(string)
    ingest_mb   = optional(number, 8)
    max_streams = optional(number, 10000)
    resources   = optional(object({ cpu = optional(number), memory = optional(number), memory_max = optional(number) }), {})
  })
  default = {}

  validation {
    condition     = !contains(["", "latest"], coalesce(var.loki.version, "x"))
    error_message = "`loki.version` says which release runs, so it cannot be \"latest\" or empty: name one, or leave it out for the one that this pack is tested with."
  }
  validation {
    condition     = var.loki.ingest_mb >= 1 && var.loki.max_streams >= 1
    error_message = "`loki.ingest_mb` and `loki.max_streams` are what Loki takes at most: give at least 1, or nothing gets in."
  }
}

variable "tempo" {
  description = "Tempo 3, as one process."
  type = object({
    version   = optional(string)
    resources = optional(object({ cpu = optional(number), memory = optional(number), memory_max = optional(number) }), {})
  })
  default = {}

  validation {
    condition     = !contains(["", "latest"], coalesce(var.tempo.version, "x"))
    error_message = "`tempo.version` says which release runs, so it cannot be \"latest\" or empty: name one, or leave it out for the one that this pack is tested with."
  }
}

variable "prometheus" {
  description = "Prometheus 3 (3.8 or newer)."
  type = object({
    version         = optional(string)
    scrape_interval = optional(string, "15s")
    resources       = optional(object({ cpu = optional(number), memory = optional(number), memory_max = optional(number) }), {})
  })
  default = {}

  validation {
    condition     = !contains(["", "latest"], coalesce(var.prometheus.version, "x"))
    error_message = "`prometheus.version` says which release runs, so it cannot be \"latest\" or empty: name one, or leave it out for the one that this pack is tested with."
  }
  validation {
    condition = contains(["1m", "2m"], var.prometheus.scrape_interval) || (
      trimsuffix(var.prometheus.scrape_interval, "s") != var.prometheus.scrape_interval &&
      try(parseint(trimsuffix(var.prometheus.scrape_interval, "s"), 10) >= 1 && parseint(trimsuffix(var.prometheus.scrape_interval, "s"), 10) <= 120, false)
    )
    error_message = "`prometheus.scrape_interval` is a whole number with `s` or `m`, from \"1s\" to \"2m\": the alerts look at five minutes, and need two samples in them."
  }
}

variable "alertmanager" {
  description = "Alertmanager."
  type = object({
    version   = optional(string)
    resources = optional(object({ cpu = optional(number), memory = optional(number), memory_max = optional(number) }), {})
  })
  default = {}

  validation {
    condition     = !contains(["", "latest"], coalesce(var.alertmanager.version, "x"))
    error_message = "`alertmanager.version` says which release runs, so it cannot be \"latest\" or empty: name one, or leave it out for the one that this pack is tested with."
  }
}

variable "alloy" {
  description = "Alloy, on every node. `journal` ships the host's journal as well; `textfiles` is a folder on the hosts whose `*.prom` files are read as metrics, for example those of backups."
  type = object({
    version   = optional(string)
    journal   = optional(bool, true)
    textfiles = optional(string)
    resources = optional(object({ cpu = optional(number), memory = optional(number), memory_max = optional(number) }), {})
  })
  default = {}

  validation {
    condition     = !contains(["", "latest"], coalesce(var.alloy.version, "x"))
    error_message = "`alloy.version` says which release runs, so it cannot be \"latest\" or empty: name one, or leave it out for the one that this pack is tested with."
  }
  validation {
    condition     = trimprefix(coalesce(var.alloy.textfiles, "/x"), "/") != coalesce(var.alloy.textfiles, "/x")
    error_message = "`alloy.textfiles` is a folder on the hosts and begins with \"/\"."
  }
}

variable "blackbox" {
  description = "The blackbox prober."
  type = object({
    version   = optional(string)
    resources = optional(object({ cpu = optional(number), memory = optional(number), memory_max = optional(number) }), {})
  })
  default = {}

  validation {
    condition     = !contains(["", "latest"], coalesce(var.blackbox.version, "x"))
    error_message = "`blackbox.version` says which release runs, so it cannot be \"latest\" or empty: name one, or leave it out for the one that this pack is tested with."
  }
}
