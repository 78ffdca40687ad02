variable "script" {
  description = "What changes the database."
  type        = string
}
