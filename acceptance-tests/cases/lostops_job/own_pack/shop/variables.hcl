variable "who" {
  description = "Whom it greets."
  type        = string
  default     = "world"
}
