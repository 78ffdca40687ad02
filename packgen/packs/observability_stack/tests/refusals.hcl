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
    rules = { shop = "<< env \"SECRET\" >>" }
  }
  expect_error = "<<"
}
