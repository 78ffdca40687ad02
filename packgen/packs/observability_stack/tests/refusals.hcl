run "all off" {
  variables {
    components = []
  }
  expect_error = "there is nothing to run"
}

run "a component that there is not" {
  variables {
    components = ["grafanna"]
  }
  expect_error = "Unknown component"
}

run "an alertmanager that hears of nothing" {
  variables {
    components = ["alertmanager", "grafana"]
  }
  expect_error = "add `prometheus` to `components`"
}

run "a prober that nobody asks" {
  variables {
    components = ["blackbox", "grafana"]
  }
  expect_error = "only probes when Prometheus asks it to"
}

run "a bucket without a name" {
  variables {
    storage = { s3 = { endpoint = "s3.example.com" } }
  }
  expect_error = "has no `bucket`"
}

run "a bucket nowhere" {
  variables {
    storage = { s3 = { bucket = "obs" } }
  }
  expect_error = "has no `endpoint`"
}

run "an endpoint with a scheme" {
  variables {
    storage = { s3 = { bucket = "obs", endpoint = "https://s3.example.com" } }
  }
  expect_error = "without a scheme"
}

run "kept and thrown away" {
  variables {
    storage = { ephemeral = true, s3 = { bucket = "obs", endpoint = "s3.example.com" } }
  }
  expect_error = "choose one"
}

run "logs for half a day" {
  variables {
    retention = { logs = "12h" }
  }
  expect_error = "below a day"
}

run "metrics for no time" {
  variables {
    retention = { metrics = "0d" }
  }
  expect_error = "at least \"2h\""
}

run "traces for no time" {
  variables {
    retention = { traces = "0h" }
  }
  expect_error = "would keep nothing"
}

run "a retention without a unit" {
  variables {
    retention = { logs = "14" }
  }
  expect_error = "a whole number and its unit"
}

run "a domain that nothing routes" {
  variables {
    domain = "grafana.example.com"
  }
  expect_error = "add an `ingress` block"
}

run "an ingress without a host name" {
  variables {
    ingress = {}
  }
  expect_error = "set `domain`"
}

run "tags without tags" {
  variables {
    domain  = "grafana.example.com"
    ingress = { kind = "tags" }
  }
  expect_error = "list the tags"
}

run "mail to nobody" {
  variables {
    alerting = { email = { from = "a@example.com", smarthost = "mail.example.com:587" } }
  }
  expect_error = "`alerting.email` needs `to`, `from` and `smarthost`"
}

run "receivers without an alertmanager" {
  variables {
    components = ["prometheus"]
    alerting   = { slack = {} }
  }
  expect_error = "`alertmanager` is not among `components`"
}

run "probes without a prober" {
  variables {
    components = ["prometheus"]
    probe      = { home = { target = "https://example.com" } }
  }
  expect_error = "`blackbox` is not among `components`"
}

run "one port for two" {
  variables {
    ports = { loki = 9090 }
  }
  expect_error = "Two of `ports` are the same"
}

run "user text stays text in a dashboard's neighbourhood" {
  variables {
    rules = { shop = "groups: [] # << env \"SECRET\" >>" }
  }
  expect_error = "<<"
}

run "an Alloy with nowhere to send to" {
  variables {
    components = ["alloy"]
  }
  expect_error = "has nowhere to send"
}

run "a Grafana with nothing to show" {
  variables {
    components = ["grafana"]
  }
  expect_error = "has nothing to show"
}

run "a domain without Grafana" {
  variables {
    components = ["prometheus"]
    domain     = "grafana.example.com"
    ingress    = {}
  }
  expect_error = "`grafana` is not among"
}

run "a domain with a scheme" {
  variables {
    domain  = "https://grafana.example.com"
    ingress = {}
  }
  expect_error = "bare host name"
}

run "a domain with a port" {
  variables {
    domain  = "grafana.example.com:443"
    ingress = {}
  }
  expect_error = "bare host name"
}

run "an ingress of another kind" {
  variables {
    domain  = "grafana.example.com"
    ingress = { kind = "nginx" }
  }
  expect_error = "`ingress.kind` is"
}

run "a bucket that nobody writes to" {
  variables {
    components = ["prometheus"]
    storage    = { s3 = { bucket = "obs", endpoint = "s3.example.com" } }
  }
  expect_error = "neither `loki` nor `tempo`"
}

run "a bucket with an empty name" {
  variables {
    storage = { s3 = { bucket = " ", endpoint = "s3.example.com" } }
  }
  expect_error = "has no `bucket`"
}

run "a volume for nothing" {
  variables {
    storage = { volume = { loki_gib = 0 } }
  }
  expect_error = "below 1 GiB"
}

run "logs for no time" {
  variables {
    retention = { logs = "0d" }
  }
  expect_error = "below a day"
}

run "metrics for an hour" {
  variables {
    retention = { metrics = "1h" }
  }
  expect_error = "at least \"2h\""
}

run "a retention in words" {
  variables {
    retention = { traces = "a week" }
  }
  expect_error = "a whole number and its unit"
}

run "a retention below zero" {
  variables {
    retention = { metrics = "-3d" }
  }
  expect_error = "below two hours"
}

run "a cluster without a name" {
  variables {
    cluster = " "
  }
  expect_error = "give the cluster a name"
}

run "an environment that breaks the list" {
  variables {
    environment = "prod,x=y"
  }
  expect_error = "without blanks, commas"
}

run "discovery by something else" {
  variables {
    discovery = "dns"
  }
  expect_error = "either \"consul\" or \"nomad\""
}

run "a registry with a scheme" {
  variables {
    registry = "https://mirror.example.com"
  }
  expect_error = "drop the scheme"
}

run "a port that there is not" {
  variables {
    ports = { loki = 70000 }
  }
  expect_error = "from 0 (any free one) to 65535"
}

run "an OTLP port that nobody knows" {
  variables {
    ports = { otlp_http = 0 }
  }
  expect_error = "cannot be 0"
}

run "mail without a port" {
  variables {
    alerting = { email = { to = ["a@example.com"], from = "b@example.com", smarthost = "mail.example.com" } }
  }
  expect_error = "write host:port"
}

run "mail without a server" {
  variables {
    alerting = { email = { to = ["a@example.com"], from = "b@example.com" } }
  }
  expect_error = "needs `to`, `from` and `smarthost`"
}

run "a severity that there is not" {
  variables {
    alerting = { slack = { severity = "error" } }
  }
  expect_error = "A receiver's `severity`"
}

run "a wait without a unit" {
  variables {
    alerting = { group_wait = "30" }
  }
  expect_error = "its unit"
}

run "told without pause" {
  variables {
    alerting = { deadman = { every = "0s" } }
  }
  expect_error = "how often somebody is told"
}

run "a probe of no kind" {
  variables {
    probe = { home = { target = "https://example.com", module = "dns" } }
  }
  expect_error = "`module` is http"
}

run "a probe of a page without a scheme" {
  variables {
    probe = { home = { target = "example.com" } }
  }
  expect_error = "is a URL"
}

run "a redirect from HTTPS" {
  variables {
    probe = { home = { target = "https://example.com", module = "https_redirect" } }
  }
  expect_error = "begins with \"http://\""
}

run "a port to probe that is not said" {
  variables {
    probe = { db = { target = "db.example.com", module = "tcp" } }
  }
  expect_error = "is host:port"
}

run "rules that nobody evaluates" {
  variables {
    components = ["loki", "grafana"]
    rules      = { shop = "groups: []" }
  }
  expect_error = "drop the rules"
}

run "rules that are none" {
  variables {
    rules = { shop = "alert: x" }
  }
  expect_error = "YAML with `groups`"
}

run "rules that leave their folder" {
  variables {
    rules = { "../../secrets/x" = "groups: []" }
  }
  expect_error = "become names of files"
}

run "dashboards that nobody shows" {
  variables {
    components = ["prometheus"]
    dashboards = { shop = "{\"panels\":[]}" }
  }
  expect_error = "drop the dashboards"
}

run "a dashboard that is none" {
  variables {
    dashboards = { shop = "{" }
  }
  expect_error = "is no dashboard"
}

run "a dashboard that leaves its folder" {
  variables {
    dashboards = { "../x" = "{\"panels\":[]}" }
  }
  expect_error = "become names of files"
}

run "an agent with a scheme" {
  variables {
    agents = { nomad_servers = ["http://10.0.0.1:4646"] }
  }
  expect_error = "host:port, without a scheme"
}

run "an agent without a port" {
  variables {
    agents = { consul_address = "127.0.0.1" }
  }
  expect_error = "host:port, without a scheme"
}

run "a CA that is a path" {
  variables {
    agents = { ca_pem = "/etc/nomad/ca.pem" }
  }
  expect_error = "holds no certificate"
}

run "a socket with a scheme" {
  variables {
    docker_socket = "unix:///var/run/docker.sock"
  }
  expect_error = "begins with \"/\""
}

run "whatever is newest" {
  variables {
    grafana = { version = "latest" }
  }
  expect_error = "cannot be \"latest\""
}

run "no version at all" {
  variables {
    tempo = { version = "" }
  }
  expect_error = "cannot be \"latest\" or empty"
}

run "a certificate of no kind" {
  variables {
    grafana = { tls = "acme" }
  }
  expect_error = "`grafana.tls` is"
}

run "a store that takes nothing" {
  variables {
    loki = { ingest_mb = 0 }
  }
  expect_error = "or nothing gets in"
}

run "a look every ten minutes" {
  variables {
    prometheus = { scrape_interval = "10m" }
  }
  expect_error = "to \"2m\""
}

run "a look every 15" {
  variables {
    prometheus = { scrape_interval = "15" }
  }
  expect_error = "a whole number with `s` or `m`"
}

run "text files in a folder without a place" {
  variables {
    alloy = { textfiles = "metrics" }
  }
  expect_error = "`alloy.textfiles` is a folder"
}

run "less at most than at least" {
  variables {
    loki = { resources = { memory = 600, memory_max = 300 } }
  }
  expect_error = "`memory_max` (300) must be at least"
}
