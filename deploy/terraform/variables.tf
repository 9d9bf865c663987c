variable "stack" {
  description = "The name all resources begin with, e.g. candlefish-production."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{2,40}$", var.stack))
    error_message = "stack: expected 3 to 41 of a-z 0-9 -, beginning with a letter."
  }
}

variable "domain_name" {
  description = "The site's name in DNS."
  type        = string
}

variable "certificate_arn" {
  description = "An ACM certificate for it and for blue. and green. below it, in us-east-1."
  type        = string
}

variable "artefact" {
  description = "The service's zip file, as build.py lambda writes it; a path."
  type        = string
}

variable "alarm_emails" {
  description = "Who is told of alarms."
  type        = list(string)
  default     = []
}

variable "repository" {
  description = "The GitHub repository that may deploy, as owner/name."
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z0-9_.-]+/[A-Za-z0-9_.-]+$", var.repository))
    error_message = "repository: expected owner/name; a pattern would let others deploy."
  }
}

variable "protected" {
  description = "Whether data and buckets are kept from being destroyed with the stack."
  type        = bool
  default     = true
}
