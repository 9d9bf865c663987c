variable "stack" {
  description = "The name all resources begin with."
  type        = string
}

variable "protected" {
  description = "Whether the buckets are kept while something is in them."
  type        = bool
}

variable "distribution_arns" {
  description = "The distributions that may read the site."
  type        = list(string)
}
