variable "stack" {
  description = "The name all resources begin with."
  type        = string
}

variable "alarm_emails" {
  description = "Who is told of critical alarms."
  type        = list(string)
}

variable "function_name" {
  description = "The function that answers."
  type        = string
}

variable "api_ids" {
  description = "Each colour's HTTP API."
  type        = map(string)
}

variable "table_name" {
  description = "The store."
  type        = string
}

variable "distribution_id" {
  description = "The distribution visitors get."
  type        = string
}

variable "metric_namespace" {
  description = "Where the service's own metrics are."
  type        = string
}
