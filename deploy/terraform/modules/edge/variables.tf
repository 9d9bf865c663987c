variable "stack" {
  description = "The name all resources begin with."
  type        = string
}

variable "domain_name" {
  description = "The site's name in DNS."
  type        = string
}

variable "certificate_arn" {
  description = "A certificate for it and for the names blue. and green. below it, in us-east-1."
  type        = string
}

variable "site_domain_name" {
  description = "Where the site's bucket answers."
  type        = string
}

variable "api_domain_names" {
  description = "Where each colour's service answers."
  type        = map(string)
}

variable "web_acl_arn" {
  description = "The firewall."
  type        = string
}

variable "log_bucket_endpoint" {
  description = "Where logs go."
  type        = string
}
