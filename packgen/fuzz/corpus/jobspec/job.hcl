variable "n" {
  type    = map(number)
  default = { a = 1, b = 2 }
}
locals {
  x = [for k, v in var.n : "${k}-${v}" if v > 1]
}
job "j" {
  priority = 50
  dynamic "group" {
    for_each = var.n
    labels   = [group.key]
    content {
      count = group.value
      constraint {
        attribute = "${attr.kernel.name}"
        value     = "linux"
      }
      task "t" {
        driver = "raw_exec"
        config {
          command = "x"
          args    = concat(local.x, ["$${a}", "%%{b}"])
        }
        template {
          destination = "local/a"
          data        = <<-EOT
            {{ env "X" }} ${NOMAD_PORT_http}
              %{~ if true ~} y %{ endif }
          EOT
        }
        env = { A = jsonencode({ a = null }), B = try(local.nope, "c") }
        resources {
          cpu    = 1e2
          memory = 5 * 13 % 64
        }
      }
    }
  }
}
