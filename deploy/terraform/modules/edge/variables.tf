variable "stack" {
  description = "The name all resources begin with."
  type        = string
}

variable "domain_name" {
  description = "The site's name in DNS."
  type        = string
}

variable "certificate_arn" {
  description = "A certificate for it, in us-east-1."
  type        = string
}

variable "site_domain_name" {
  description = "Where the site's bucket answers."
  type        = string
}

variable "api_domain_name" {
  description = "Where the service answers."
  type        = string
}

variable "web_acl_arn" {
  description = "The firewall."
  type        = string
}

variable "log_bucket_endpoint" {
  description = "Where logs go."
  type        = string
}
