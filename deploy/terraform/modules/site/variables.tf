variable "stack" {
  description = "The name all resources begin with."
  type        = string
}

variable "protected" {
  description = "Whether the buckets are kept while something is in them."
  type        = bool
}

variable "distribution_arn" {
  description = "The distribution that may read the site."
  type        = string
}
