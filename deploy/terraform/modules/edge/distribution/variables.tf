variable "common" {
  description = "What both distributions have in common."

  type = object({
    stack               = string
    site_domain_name    = string
    access_control_id   = string
    api_domain_name     = string
    web_acl_arn         = string
    log_bucket_endpoint = string
    function_arn        = string
    cache_policies      = map(string)
    headers_policies    = map(string)
    service_paths       = list(string)
  })
}

variable "staging" {
  description = "Whether it is the one beside, which takes a share of visitors while a release is tried."
  type        = bool
}

variable "domain_name" {
  description = "The site's name in DNS; the one beside has none."
  type        = string
  default     = ""
}

variable "certificate_arn" {
  description = "A certificate for it."
  type        = string
  default     = null
}

variable "shift_policy_id" {
  description = "How visitors are shared out."
  type        = string
  default     = null
}
