output "bucket" {
  description = "The bucket of the site."
  value       = aws_s3_bucket.site.bucket
}

output "bucket_arn" {
  description = "The same, as an ARN."
  value       = aws_s3_bucket.site.arn
}

output "domain_name" {
  description = "Where the edge reads the site."
  value       = aws_s3_bucket.site.bucket_regional_domain_name
}

output "log_domain_name" {
  description = "Where the edge writes its logs."
  value       = aws_s3_bucket.logs.bucket_domain_name
}
