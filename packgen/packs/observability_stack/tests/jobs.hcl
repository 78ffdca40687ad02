run "with nothing said, everything runs and is kept" {
  assert {
    condition     = ids == ["prometheus", "loki", "tempo", "alertmanager", "blackbox", "alloy", "grafana"]
    error_message = "seven jobs, stores first"
  }
  assert {
    condition     = keys(volume) == ["alertmanager", "grafana", "loki", "prometheus", "tempo"] && volume.loki.called == "loki-data"
    error_message = "a volume for each that keeps something"
  }
  assert {
    condition     = keys(secret) == ["grafana_admin_password", "grafana_secret_key"]
    error_message = "Grafana's secrets are made, nobody has to give one"
  }
  assert {
    condition     = output.otel_env.OTEL_EXPORTER_OTLP_ENDPOINT == "http://$${attr.unique.network.ip-address}:4318"
    error_message = "an app finds the Alloy of its node"
  }
  assert {
    condition     = length(keys(file.grafana)) > 10 && contains(keys(file.prometheus), "local/rules/nodes.yaml")
    error_message = "dashboards and rules are carried"
  }
}

run "at rest it asks for 1.5 GiB and half a core at most" {
  assert {
    condition = (
      job.prometheus.TaskGroups[0].Tasks[0].Resources.MemoryMB + job.loki.TaskGroups[0].Tasks[0].Resources.MemoryMB +
      job.tempo.TaskGroups[0].Tasks[0].Resources.MemoryMB + job.alertmanager.TaskGroups[0].Tasks[0].Resources.MemoryMB +
      job.blackbox.TaskGroups[0].Tasks[0].Resources.MemoryMB + job.alloy.TaskGroups[0].Tasks[0].Resources.MemoryMB +
      job.grafana.TaskGroups[0].Tasks[0].Resources.MemoryMB
    ) <= 1536
    error_message = "memory"
  }
  assert {
    condition = (
      job.prometheus.TaskGroups[0].Tasks[0].Resources.CPU + job.loki.TaskGroups[0].Tasks[0].Resources.CPU +
      job.tempo.TaskGroups[0].Tasks[0].Resources.CPU + job.alertmanager.TaskGroups[0].Tasks[0].Resources.CPU +
      job.blackbox.TaskGroups[0].Tasks[0].Resources.CPU + job.alloy.TaskGroups[0].Tasks[0].Resources.CPU +
      job.grafana.TaskGroups[0].Tasks[0].Resources.CPU
    ) <= 500
    error_message = "CPU"
  }
}

run "memory follows retention" {
  variables {
    retention = { metrics = "180d", logs = "13w" }
  }
  assert {
    condition     = job.prometheus.TaskGroups[0].Tasks[0].Resources.MemoryMB == 384 + 32 * 23 && job.loki.TaskGroups[0].Tasks[0].Resources.MemoryMB == 256 + 16 * 11
    error_message = "more weeks, more memory"
  }
  assert {
    condition     = file.loki["local/loki.yaml"] != "" && job.tempo.TaskGroups[0].Tasks[0].Resources.MemoryMB == 256
    error_message = "traces were not asked to be kept longer"
  }
}

run "a name keeps two stacks apart" {
  name = "obs"
  assert {
    condition     = ids[0] == "obs-prometheus" && volume.loki.called == "obs-loki-data" && secret.grafana_admin_password.paths == ["nomad/jobs/obs-grafana"]
    error_message = "jobs, volumes and secrets are named after it"
  }
  assert {
    condition     = job.loki.TaskGroups[0].Services[0].Name == "obs-loki" && output.endpoints.loki == "obs-loki"
    error_message = "services too"
  }
}

run "one component alone" {
  variables {
    components = ["prometheus"]
    storage    = { ephemeral = true }
  }
  assert {
    condition     = ids == ["prometheus"] && volume == {} && secret == {}
    error_message = "nothing else, and nothing kept"
  }
}

run "without traces nothing leads to them" {
  variables {
    components = ["prometheus", "loki", "grafana"]
  }
  assert {
    condition     = length(split("tempo", file.grafana["local/provisioning/datasources/stack.yaml"])) == 1
    error_message = "no datasource and no link"
  }
  assert {
    condition     = length(split("alerting:", file.prometheus["local/prometheus.yaml"])) == 1 && length(split("ruler:", file.loki["local/loki.yaml"])) == 1
    error_message = "nobody is told of alerts"
  }
}

run "logs and traces in a bucket" {
  variables {
    storage   = { s3 = { bucket = "obs", endpoint = "fsn1.example.com" } }
    discovery = "nomad"
  }
  assert {
    condition     = keys(volume) == ["alertmanager", "grafana", "prometheus"] && job.loki.TaskGroups[0].EphemeralDisk.Migrate
    error_message = "what was not uploaded yet moves along"
  }
  assert {
    condition     = secret.s3_secret_access_key.paths == ["nomad/jobs/loki", "nomad/jobs/tempo"] && length(split("obs", file.tempo["local/tempo.yaml"])) > 1
    error_message = "both read the keys from their variable"
  }
  assert {
    condition     = job.loki.TaskGroups[0].Services[0].Provider == "nomad" && length(split("nomadService", file.alloy["local/config.alloy"])) > 1
    error_message = "Nomad's own services"
  }
}

run "a bucket that the machines may use needs no keys" {
  variables {
    storage = { s3 = { bucket = "obs", endpoint = "s3.example.com", keys = false } }
  }
  assert {
    condition     = !contains(keys(secret), "s3_access_key_id") && length(split("ACCESS_KEY", file.loki["local/loki.yaml"])) == 1
    error_message = "no keys"
  }
}

run "everybody is called" {
  variables {
    alerting = {
      discord = {}
      slack   = { channel = "#ops" }
      email   = { to = ["ops@example.com"], from = "alerts@example.com", smarthost = "mail.example.com:587", username = "alerts" }
      webhook = { severity = "critical" }
      deadman = { every = "2m" }
    }
  }
  assert {
    condition     = contains(keys(secret), "discord_webhook_url") && contains(keys(secret), "slack_webhook_url") && contains(keys(secret), "smtp_password") && contains(keys(secret), "webhook_url") && contains(keys(secret), "deadman_url")
    error_message = "each address is a secret"
  }
  assert {
    condition     = contains(keys(file.alertmanager), "secrets/slack_webhook_url") && contains(keys(file.alertmanager), "secrets/deadman_url")
    error_message = "and a file of its own"
  }
}

run "Grafana behind an ingress" {
  variables {
    domain  = "grafana.example.com"
    ingress = { cert_resolver = "le" }
  }
  assert {
    condition     = contains(job.grafana.TaskGroups[0].Services[0].Tags, "traefik.http.routers.grafana.rule=Host(`grafana.example.com`)") && contains(job.grafana.TaskGroups[0].Services[0].Tags, "traefik.http.routers.grafana.tls.certresolver=le")
    error_message = "the router knows the way"
  }
  assert {
    condition     = job.grafana.TaskGroups[0].Tasks[0].Env.GF_SERVER_PROTOCOL == "http" && output.endpoints.grafana == "https://grafana.example.com/"
    error_message = "TLS ends at the ingress"
  }
}

run "Grafana without an ingress serves TLS itself" {
  assert {
    condition     = job.grafana.TaskGroups[0].Tasks[0].Env.GF_SERVER_PROTOCOL == "https" && contains(keys(file.grafana), "secrets/tls.pem")
    error_message = "with a certificate of its own"
  }
}

run "a version and a mirror" {
  variables {
    loki     = { version = "3.7.7" }
    registry = "mirror.example.com/hub"
  }
  assert {
    condition     = job.loki.TaskGroups[0].Tasks[0].Config.image == "mirror.example.com/hub/grafana/loki:3.7.7"
    error_message = "one line upgrades one component"
  }
}

run "more dashboards and rules" {
  variables {
    dashboards = { shop = "{\"uid\":\"shop\",\"panels\":[],\"title\":\"$${x} {{y}}\"}" }
    rules      = { shop = "groups: [] # {{ $labels.x }}" }
  }
  assert {
    condition     = file.grafana["local/dashboards/shop.json"] == "{\"uid\":\"shop\",\"panels\":[],\"title\":\"$${x} {{y}}\"}" && file.prometheus["local/rules/shop.yaml"] == "groups: [] # {{ $labels.x }}"
    error_message = "carried as they are"
  }
}

run "nothing is privileged, everything is pinned, roots are read-only" {
  assert {
    condition = length([
      for j in values(job) : j
      if try(j.TaskGroups[0].Tasks[0].Config.privileged, false) || !j.TaskGroups[0].Tasks[0].Config.readonly_rootfs || j.TaskGroups[0].Tasks[0].Config.cap_drop != ["all"] || length(split(":latest", j.TaskGroups[0].Tasks[0].Config.image)) > 1
    ]) == 0
    error_message = "each job"
  }
}

run "nothing listens where the world can reach it" {
  assert {
    condition     = length([for j in values(job) : j if contains([for c in j.Constraints : c.LTarget], "$${attr.unique.network.ip-address}")]) == length(keys(job))
    error_message = "without a host network, only clients with a private address take a job"
  }
}

run "a host network says where ports listen" {
  variables {
    host_network = "private"
    otlp_host    = "$${meta.private_address}"
  }
  assert {
    condition     = length([for j in values(job) : j if j.Constraints != null]) == 0 && job.alloy.TaskGroups[0].Networks[0].ReservedPorts[0].HostNetwork == "private"
    error_message = "wherever that network is"
  }
  assert {
    condition     = output.otel_env.OTEL_EXPORTER_OTLP_ENDPOINT == "http://$${meta.private_address}:4318"
    error_message = "and apps are told how to get there"
  }
}

run "public addresses have to be asked for" {
  variables {
    public = true
  }
  assert {
    condition     = length([for j in values(job) : j if j.Constraints != null]) == 0
    error_message = "then any client takes a job"
  }
}
