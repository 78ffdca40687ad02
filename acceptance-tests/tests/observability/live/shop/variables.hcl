variable "image" {
  description = "What serves."
  type        = string
}

variable "tools" {
  description = "What changes the data."
  type        = string
}

variable "otel_env" {
  description = "Where it tells what it does."
  type        = map(string)
}
