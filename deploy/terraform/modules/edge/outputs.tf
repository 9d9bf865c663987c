output "distribution_id" {
  description = "The distribution."
  value       = aws_cloudfront_distribution.edge.id
}

output "distribution_arn" {
  description = "The same, as an ARN."
  value       = aws_cloudfront_distribution.edge.arn
}

output "domain_name" {
  description = "What the site's names in DNS must lead to."
  value       = aws_cloudfront_distribution.edge.domain_name
}

output "routes_arn" {
  description = "The key-value store that the route is in."
  value       = aws_cloudfront_key_value_store.routes.arn
}
