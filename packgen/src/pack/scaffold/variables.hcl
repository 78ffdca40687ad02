variable "greeting" {
  description = "What the page says."
  type        = string
  default     = "Hello"
}

variable "instances" {
  description = "How many run."
  type        = number
  default     = 1

  validation {
    condition     = var.instances >= 1
    error_message = "At least one must run: raise `instances`."
  }
}

variable "resources" {
  description = "What each instance gets: MHz and MiB."
  type = object({
    cpu    = optional(number, 50)
    memory = optional(number, 32)
  })
  default = {}
}
