variable "registry" {
  type        = string
  default     = "registry.example.com/shop"
  description = "Where the images are."
}

variable "release" {
  type        = string
  default     = "1.14.2"
  description = "Which release runs."

  validation {
    condition     = var.release != ""
    error_message = "A release has a name."
  }
}

variable "instances" {
  type        = map(number)
  default     = { api = 3, site = 2 }
  description = "How many instances run of each job; one of those that are not named."
}

variable "resources" {
  type = object({
    cpu        = optional(number, 200)
    memory     = optional(number, 256)
    memory_max = optional(number, 512)
  })
  default     = {}
  description = "What each instance gets."
}

variable "database" {
  type = object({
    host = string
    port = optional(number, 5432)
    name = optional(string, "shop")
  })
  default     = { host = "db.example.com" }
  description = "The database."
}

variable "origins" {
  type        = list(string)
  default     = ["https://shop.example.com", "https://www.example.com", "https://api.example.com"]
  description = "Who may call the API."
}

variable "features" {
  type        = map(bool)
  default     = { search = true, wishes = false, gifts = true }
  description = "What is switched on."
}
