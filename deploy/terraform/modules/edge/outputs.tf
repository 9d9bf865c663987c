output "distribution_id" {
  description = "The distribution visitors get."
  value       = module.primary.id
}

output "distribution_arn" {
  description = "The same, as an ARN."
  value       = module.primary.arn
}

output "distribution_arns" {
  description = "Both distributions."
  value       = [module.primary.arn, module.candidate.arn]
}
