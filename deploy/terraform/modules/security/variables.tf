variable "stack" {
  description = "The name all resources begin with."
  type        = string
}

variable "repository" {
  description = "The GitHub repository that may deploy, as owner/name."
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z0-9_.-]+/[A-Za-z0-9_.-]+$", var.repository))
    error_message = "repository: expected owner/name; a pattern would let others deploy."
  }
}

variable "site_bucket_arn" {
  description = "Where releases go."
  type        = string
}

variable "function_arns" {
  description = "The service's functions."
  type        = list(string)
}

variable "routes_arn" {
  description = "The key-value store that the route is in."
  type        = string
}
