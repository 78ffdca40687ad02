variable "files" {
  description = "The pages: path in the site → content. Anything that Nomad carries in a job: keep it well below 1 MiB."
  type        = map(string)
  default     = { "index.html" = "<!doctype html><title>It works</title><p>It works.\n" }

  validation {
    condition     = length([for path in keys(var.files) : path if regex_replace(path, "^[A-Za-z0-9_-][A-Za-z0-9._-]*(/[A-Za-z0-9_-][A-Za-z0-9._-]*)*$", "") != ""]) == 0
    error_message = "A path in `files` has letters, digits and `._-`, with `/` between folders, and no part of it begins with a dot."
  }
}

variable "volume" {
  description = "Serve the pages from a host volume of this size instead of `files`."
  type = object({
    size = optional(string, "1GiB")
  })
  default = null
}

variable "domains" {
  description = "Host names of the site. Without any it answers to all."
  type        = list(string)
  default     = []
}

variable "protect" {
  description = "Ask for a user name (`site`) and the secret `password`."
  type        = bool
  default     = false
}

variable "headers" {
  description = "Further response headers, for example a Content-Security-Policy."
  type        = map(string)
  default     = {}

  validation {
    condition     = length([for name in keys(var.headers) : name if regex_replace(name, "^[A-Za-z][A-Za-z0-9-]*$", "") != ""]) == 0
    error_message = "A header's name has letters, digits and `-`."
  }
}

variable "cache" {
  description = "How long browsers may keep what is not a page, in nginx's words: `1h`, `7d`, `off`."
  type        = string
  default     = "1h"

  validation {
    condition     = regex_replace(var.cache, "^(off|[0-9]+[smhdwMy])$", "") == ""
    error_message = "`cache` is a number with a unit (s, m, h, d, w, M, y), or `off`."
  }
}

variable "image" {
  description = "An unprivileged nginx: it listens on 8080 and runs as user 101."
  type        = string
  default     = "docker.io/nginxinc/nginx-unprivileged:1.29-alpine"
}

variable "instances" {
  description = "How many run."
  type        = number
  default     = 2

  validation {
    condition     = var.instances >= 1 && var.instances == floor(var.instances)
    error_message = "`instances` is a whole number, at least 1."
  }
}

variable "discovery" {
  description = "Where the service is registered: `nomad` or `consul`."
  type        = string
  default     = "nomad"

  validation {
    condition     = contains(["nomad", "consul"], var.discovery)
    error_message = "`discovery` is either \"nomad\" or \"consul\"."
  }
}

variable "tags" {
  description = "Tags of the service, for a reverse proxy."
  type        = list(string)
  default     = []
}

variable "datacenters" {
  description = "Where it may run."
  type        = list(string)
  default     = ["*"]
}

variable "node_pool" {
  description = "Node pool it runs in."
  type        = string
  default     = "default"
}

variable "resources" {
  description = "What each instance gets: MHz and MiB."
  type = object({
    cpu    = optional(number, 50)
    memory = optional(number, 32)
  })
  default = {}
}
