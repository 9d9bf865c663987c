output "id" {
  description = "The distribution."
  value       = aws_cloudfront_distribution.edge.id
}

output "arn" {
  description = "The same, as an ARN."
  value       = aws_cloudfront_distribution.edge.arn
}

output "domain_name" {
  description = "Where it answers under a name of its own."
  value       = aws_cloudfront_distribution.edge.domain_name
}
